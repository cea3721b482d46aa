"""Pictures of high dynamic range (ITU-R BT.2100), as today's phones film by default, for ordinary screens.

FFmpeg's own conversion takes half a second a picture. This is a table for brightness and its quick step for colours:
white is white again, and what is brighter is gathered just below it. Brightness alone goes through the table, so that
strong colours are a little paler than they could be.
"""

WHITE_NITS = 203  # of a sheet of paper in such a film: ITU-R BT.2408
_WHITE_HLG = 0.265  # of the scene, the same sheet
_KNEE = 0.7  # from here on brightness is gathered

# `ld(0)` is the signal, 0 to 1; the result counts white as 1.
_HLG = "if(lte(ld(0),0.5),ld(0)*ld(0)/3,(exp((ld(0)-0.55991073)/0.17883277)+0.28466892)/12)"
_ROOT = "pow(ld(0),1/78.84375)"
_PQ = f"10000*pow(max({_ROOT}-0.8359375,0)/(18.8515625-18.6875*{_ROOT}),1/0.1593017578125)"
_LIGHT = {16: f"({_PQ})/{WHITE_NITS}", 18: f"({_HLG})/{_WHITE_HLG}"}
"""By transfer, as ITU-T H.273 numbers them."""

TRANSFERS = frozenset(_LIGHT)


def steps(transfer: int) -> list[str]:
    """FFmpeg's steps from ten bits of high range to eight ordinary ones, for a picture in BT.2020."""
    gathered = f"if(lte(ld(1),{_KNEE}),ld(1),1-{1 - _KNEE:.2f}*exp(({_KNEE}-ld(1))/{1 - _KNEE:.2f}))"
    shown = "if(lt(ld(2),0.018),4.5*ld(2),1.099*pow(ld(2),0.45)-0.099)"  # ITU-R BT.709, 1.2
    table = f"st(0,clip((val-64)/876,0,1));st(1,{_LIGHT[transfer]});st(2,{gathered});64+876*({shown})"
    return [
        "format=yuv420p10le",
        f"lutyuv=y={table}",
        "colorspace=iall=bt2020:all=bt709:irange=tv:range=tv:format=yuv420p",
    ]
