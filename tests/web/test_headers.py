"""Which requests are turned away before any page sees them."""

from pathlib import Path

import pytest
from starlette.websockets import WebSocketDisconnect

from tests.web.world import served


def test_a_page_that_came_over_http_is_not_ours_on_https(tmp_path: Path) -> None:
    """Same host, other scheme: anyone on the way may have written it. Forms, sockets and what replaces them."""
    with served(tmp_path, environment={"MOTION_BASE_URL": "https://testserver"}) as hall:
        cookie = {"cookie": "__Host-motion=aline", "x-motion-live": "1"}
        for origin, form, live in (("http://testserver", 403, 403), ("https://testserver", 303, 200)):
            headers = cookie | {"origin": origin}
            assert hall.client.post("/langue", data={"lang": "fr"}, headers=headers).status_code == form
            assert hall.client.post("/live/ormeline/M1", content=b"", headers=headers).status_code == live
            assert hall.client.get("/live/ormeline/M1/after/0", headers=headers).status_code == live
            opening = hall.client.websocket_connect("/live/ormeline/M1", headers=headers)
            if live == 200:
                with opening as socket:
                    assert socket.receive_bytes()
            else:
                with pytest.raises(WebSocketDisconnect), opening:
                    pass


def test_only_the_page_in_which_one_records_may_ask_for_the_camera(tmp_path: Path) -> None:
    """And play what it has recorded; everything else of the policy stays."""
    with served(tmp_path) as hall:
        plain, recording = (hall.client.get(f"/ormeline/participer{path}").headers for path in ("", "/fichiers"))
        assert "camera=()" in plain["permissions-policy"] and "microphone=()" in plain["permissions-policy"]
        said = recording["permissions-policy"]
        assert "camera=(self)" in said and "microphone=(self)" in said and "geolocation=()" in said
        assert "blob:" not in plain["content-security-policy"]
        assert recording["content-security-policy"].replace(" blob:", "") == plain["content-security-policy"]


@pytest.mark.parametrize("charset", ["utf-7", "punycode", "undefined", "unicode_escape", "utf-8"])
def test_a_form_names_no_charset(tmp_path: Path, charset: str) -> None:
    """A form with files has none (RFC 7578): its text is UTF-8, whatever codec its headers name."""
    part = '--x\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    body = part.format("email", "+2AA-\\ud800 élu") + part.format("step", "mail") + "--x--\r\n"
    with served(tmp_path) as hall:
        said = {"content-type": f'multipart/form-data; CHARSET="{charset}"; boundary=x'}
        answer = hall.client.post("/ormeline/connexion", content=body.encode(), headers=said)
        assert answer.status_code == 422 and "+2AA-\\ud800 élu" in answer.text
