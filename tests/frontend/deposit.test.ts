/** The pure parts of the island `deposit`, and its client of tus against a small server that misbehaves as told. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { fingerprint } from "../../frontend/islands/deposit/fingerprint";
import { format, hindrance } from "../../frontend/islands/deposit/formats";
import { Hearing, loudness } from "../../frontend/islands/deposit/level";
import { type Answer, metadata, type Phase, reaction, type Request, Sending, sentences } from "../../frontend/islands/deposit/tus";
import { duration, fill, Pace, progress, size } from "../../frontend/islands/deposit/words";

const MIB = 1 << 20;
const HOME = "/valbrune/fichiers";
/** Several pieces and a bit; made once. */
const CONTENT = Buffer.alloc(3 * MIB + 17);
for (let i = 0; i < CONTENT.length; i++) CONTENT[i] = i * 31 + (i >> 12);
type Fault = "lost" | "cut" | "altered" | number;

function answer(status: number, headers: Record<string, string> = {}, text = ""): Answer {
  return { status, text, header: (name) => headers[name] ?? null };
}

/** A tus server in memory. `faults` meets the requests in order: "" is none, "lost" does the deed and answers nothing. */
class Server {
  files = new Map<string, { length: number; bytes: Buffer; key: string }>();
  seen: string[] = [];
  faults: (Fault | "")[] = [];
  said = "";
  private count = 0;

  receive = async (request: Request): Promise<Answer> => {
    const fault = this.faults.shift() ?? "";
    this.seen.push(`${request.method}${fault === "" ? "" : ` ${fault}`}`);
    assert.equal(request.headers["Tus-Resumable"], "1.0.0");
    if (fault === "cut") throw new Error("network");
    if (typeof fault === "number") {
      if (fault === 404 || fault === 410) this.files.delete(request.address);
      return answer(fault, {}, this.said);
    }
    const done = this.deed(request, fault === "altered");
    if (fault === "lost") throw new Error("network");
    return done;
  };

  private deed({ method, address, headers, body }: Request, isAltered: boolean): Answer {
    if (method === "POST") {
      const key = Buffer.from(headers["Upload-Metadata"]?.match(/cle ([^,]+)/)?.[1] ?? "", "base64").toString();
      for (const [known, file] of this.files) if (file.key === key) return answer(201, { Location: known });
      const fresh = `${HOME}/${++this.count}`;
      this.files.set(fresh, { length: Number(headers["Upload-Length"]), bytes: Buffer.alloc(0), key });
      return answer(201, { Location: fresh, "Upload-Offset": "0" });
    }
    const file = this.files.get(address);
    if (!file) return answer(404);
    if (method === "DELETE") {
      this.files.delete(address);
      return answer(204);
    }
    if (method === "PATCH") {
      if (Number(headers["Upload-Offset"]) !== file.bytes.length) return answer(409);
      const bytes = Buffer.from(body as ArrayBuffer);
      const sum = `sha256 ${createHash("sha256").update(bytes).digest("base64")}`;
      if (isAltered || headers["Upload-Checksum"] !== sum) return answer(460);
      file.bytes = Buffer.concat([file.bytes, bytes]);
      return answer(204, { "Upload-Offset": String(file.bytes.length) });
    }
    return answer(200, { "Upload-Offset": String(file.bytes.length), "Upload-Length": String(file.length) });
  }
}

/** A file on its way, and what is seen of it. */
function world(server = new Server()) {
  const content = CONTENT;
  const bytes = content.length;
  const phases: Phase[] = [];
  const waits: number[] = [];
  const kept: (string | null)[] = [];
  const tellings: ((sending: Sending) => void)[] = [];
  let hours = 0;
  const outside = {
    transport: (request: Request, signal: AbortSignal | null) =>
      signal?.aborted ? Promise.reject(new Error("abort")) : server.receive(request),
    digest: async (piece: ArrayBuffer) => createHash("sha256").update(Buffer.from(piece)).digest("base64"),
    wait: async (milliseconds: number, signal: AbortSignal) => {
      waits.push(milliseconds);
      if (signal.aborted) throw new Error("abort");
    },
    keep: async (address: string | null) => void kept.push(address),
    clock: () => (hours += 3000),
    tell: (sending: Sending) => {
      if (phases[phases.length - 1] !== sending.phase) phases.push(sending.phase);
      for (const one of tellings) one(sending);
    },
  };
  const source = {
    name: "été.webm",
    type: "video/webm",
    size: bytes,
    piece: async (from: number, to: number) => new Uint8Array(content.subarray(from, to)).buffer as ArrayBuffer,
  };
  const make = (address: string | null = null) => new Sending(source, HOME, "clé", outside, address);
  return { server, content, phases, waits, kept, tellings, source, outside, make, sending: make() };
}

function arrived({ server, content }: ReturnType<typeof world>): void {
  assert.equal(server.files.size, 1);
  assert.ok([...server.files.values()][0]?.bytes.equals(content));
}

describe("A file on its way", () => {
  it("is announced, then sent in pieces with their sums, and kept until it is seen to have arrived", async () => {
    const all = world();
    await all.sending.run();
    arrived(all);
    assert.deepEqual(all.server.seen, ["POST", "PATCH", "PATCH", "PATCH", "PATCH"]);
    assert.deepEqual(all.phases, ["sending", "done"]);
    assert.deepEqual(all.kept, [`${HOME}/1`]);
  });
  it("says nothing of its bytes before the server has", async () => {
    const all = world();
    const told: number[] = [];
    all.tellings.push(({ confirmed }) => {
      assert.ok(confirmed <= ([...all.server.files.values()][0]?.bytes.length ?? 0));
      told.push(confirmed);
    });
    all.server.faults = ["", "lost", "cut", "lost", "altered"];
    await all.sending.run();
    arrived(all);
    assert.equal(told[told.length - 1], all.content.length);
  });
  for (const fault of ["lost", "cut", 408, 423, 425, 500, 502, 503, 504, 429, 409, 460] as const) {
    for (const at of [0, 1, 2, 4]) {
      if (at === 0 && (fault === 409 || fault === 460 || fault === 429)) continue;
      it(`arrives although request ${at} meets ${fault}`, async () => {
        const all = world();
        all.server.faults = [...Array(at).fill(""), fault];
        await all.sending.run();
        arrived(all);
        assert.equal(all.sending.phase, "done");
        assert.equal(all.sending.beganAgain, false);
      });
    }
  }
  for (const fault of [404, 410]) {
    for (const at of [1, 2, 4]) {
      it(`begins again when request ${at} meets ${fault}, and says so`, async () => {
        const all = world();
        all.server.faults = [...Array(at).fill(""), fault];
        await all.sending.run();
        arrived(all);
        assert.equal(all.sending.beganAgain, true);
        assert.deepEqual(all.kept, [`${HOME}/1`, null, `${HOME}/2`]);
      });
    }
  }
  it("waits longer and longer for a network, without end", async () => {
    const all = world();
    all.server.faults = Array(40).fill("cut");
    await all.sending.run();
    arrived(all);
    assert.deepEqual(all.waits.slice(0, 8), [1000, 2000, 4000, 8000, 15_000, 30_000, 30_000, 30_000]);
    assert.equal(all.waits.length, 40);
  });
  it("leaves a server that only fails to a person, who may go on", async () => {
    const all = world();
    all.server.faults = ["", "", ...Array(8).fill(500)];
    await all.sending.run();
    assert.equal(all.sending.phase, "refused");
    await all.sending.run();
    arrived(all);
  });
  for (const status of [400, 403, 409, 413, 415, 422, 429, 507]) {
    it(`is refused in the server's words when its announcement meets ${status}`, async () => {
      const all = world();
      all.server.said = JSON.stringify({ error: { sentences: ["Non envoyé.", "Trop grand.", "Raccourcissez."] } });
      all.server.faults = [status];
      await all.sending.run();
      assert.deepEqual([all.sending.phase, all.sending.sentence], ["refused", "Non envoyé. Trop grand. Raccourcissez."]);
    });
  }
  it("keeps what arrived when the congress has no more room, and goes on when it has", async () => {
    const all = world();
    all.server.faults = ["", "", 507];
    await all.sending.run();
    assert.equal(all.sending.phase, "refused");
    const before = all.server.seen.length;
    await all.sending.run();
    arrived(all);
    assert.equal(all.server.seen[before], "HEAD");
  });
  it("goes on where it stopped when the page was closed", async () => {
    const all = world();
    all.server.faults = ["", "", "", 507];
    await all.sending.run();
    const again = all.make(`${HOME}/1`);
    all.server.seen = [];
    await again.run();
    arrived(all);
    assert.deepEqual(all.server.seen, ["HEAD", "PATCH", "PATCH"]);
  });
  it("does not go on under an address that has another length", async () => {
    const all = world();
    all.server.files.set(`${HOME}/9`, { length: 5, bytes: Buffer.alloc(2), key: "" });
    const other = all.make(`${HOME}/9`);
    await other.run();
    assert.ok([...all.server.files.values()].some(({ bytes }) => bytes.equals(all.content)));
    assert.equal(other.beganAgain, true);
  });
  it("stops for a pause and loses nothing", async () => {
    const all = world();
    all.tellings.push((sending) => {
      if (sending.confirmed === MIB && sending.phase === "sending") void sending.pause();
    });
    await all.sending.run();
    assert.equal(all.sending.phase, "paused");
    all.tellings.length = 0;
    await all.sending.run();
    arrived(all);
  });
  it("is given up on the server as well", async () => {
    const all = world();
    let over: Promise<void> = Promise.resolve();
    all.tellings.push((sending) => {
      if (sending.confirmed === MIB && sending.phase === "sending") over = sending.cancel();
    });
    await all.sending.run();
    await over;
    assert.equal(all.sending.phase, "cancelled");
    assert.equal(all.server.files.size, 0);
    assert.equal(all.kept[all.kept.length - 1], null);
  });
  it("is given up on the server even while it is announced", async () => {
    const all = world();
    const running = all.sending.run();
    await all.sending.cancel();
    await running;
    assert.equal(all.server.files.size, 0);
    assert.equal(all.server.seen.filter((one) => one === "PATCH").length, 0);
  });
  it("says when the device no longer gives it", async () => {
    const all = world();
    all.source.piece = async () => {
      throw new DOMException("gone", "NotReadableError");
    };
    await all.sending.run();
    assert.deepEqual([all.sending.phase, all.sending.isUnreadable], ["refused", true]);
  });
  it("does not believe a hotel's page", async () => {
    const all = world();
    const { transport } = all.outside;
    let times = 0;
    Object.assign(all.outside, {
      transport: (request: Request, signal: AbortSignal | null) =>
        times++ % 3 ? transport(request, signal) : Promise.resolve(answer(200, {}, "<h1>Bienvenue</h1>")),
    });
    await all.sending.run();
    arrived(all);
  });
  it("gives up on a server that forgets again and again", async () => {
    const all = world();
    all.server.faults = Array(40).fill("").map((_, i) => (i % 2 ? 404 : ""));
    await all.sending.run();
    assert.equal(all.sending.phase, "refused");
  });
});

describe("What an answer asks for", () => {
  it("is one of four things", () => {
    assert.equal(reaction("send", 0), "wait");
    assert.equal(reaction("announce", 503), "wait");
    assert.equal(reaction("announce", 404), "refuse");
    assert.equal(reaction("look", 410), "anew");
    assert.equal(reaction("send", 413), "refuse");
  });
  it("is read as JSON, or not at all", () => {
    for (const text of ["", "null", "[]", "<p>", '{"error":null}', '{"error":{"sentences":"x"}}']) assert.equal(sentences(text), "");
  });
  it("carries names in base64, and no empty value", () => {
    assert.equal(metadata({ filename: "é", filetype: "" }), "filename w6k=");
  });
});

describe("Words", () => {
  const words = {
    bytes: "{n} octets", kb: "{n} ko", mb: "{n} Mo", gb: "{n} Go", seconds: "{s} s", minutes: "{m} min {s} s",
    progress: "{done} sur {total} envoyés", progress_left: "{done} sur {total} envoyés ; {left}",
    left_short: "il reste moins d’une minute", left_minutes: "il reste environ {n} min", left_hours: "il reste environ {h} h {m}",
  };
  it("say sizes as people do", () => {
    assert.deepEqual([12, 4_200, 3_456_000, 40_000_000, 2_500_000_000].map((n) => size(n, words, "fr")), ["12 octets", "4 ko", "3,5 Mo", "40 Mo", "2,5 Go"]);
  });
  it("say what has arrived and what remains", () => {
    const said = (left: number | null) => progress(12e6, 40e6, left, words, "fr");
    assert.equal(said(null), "12 Mo sur 40 Mo envoyés");
    assert.equal(said(180), "12 Mo sur 40 Mo envoyés ; il reste environ 3 min");
    assert.equal(said(20), "12 Mo sur 40 Mo envoyés ; il reste moins d’une minute");
    assert.equal(said(4200), "12 Mo sur 40 Mo envoyés ; il reste environ 1 h 10");
  });
  it("say how long", () => assert.deepEqual([0.9, 59.9, 125].map((s) => duration(s, words)), ["0 s", "59 s", "2 min 05 s"]));
  it("leave alone what they do not know", () => assert.equal(fill("{a} {b}", { a: 1 }), "1 {b}"));
  it("tell what remains from what was confirmed, and never too early", () => {
    const pace = new Pace();
    pace.mark(0, 0);
    pace.mark(1000, 1000);
    assert.equal(pace.left(10_000), null);
    pace.mark(4000, 4000);
    assert.equal(pace.left(10_000), 6);
    pace.mark(5000, 0);
    assert.equal(pace.left(10_000), null);
  });
});

describe("Recording", () => {
  const all = () => true;
  it("takes the form that the browser knows", () => {
    assert.equal(format("video", all, true)?.type, "video/mp4;codecs=avc1.42E01E,mp4a.40.2");
    assert.equal(format("video", all, false)?.type, "video/webm;codecs=vp8,opus");
    assert.deepEqual(format("sound", (type) => type === "audio/mp4", false), { type: "audio/mp4", ending: "m4a" });
    assert.equal(format("sound", () => false, true), null);
  });
  it("says why it cannot be", () => {
    const scope = (more: object) => more as typeof globalThis;
    const mediaDevices = { getUserMedia: all };
    assert.equal(hindrance(scope({ isSecureContext: false })), "not_secure");
    assert.equal(hindrance(scope({ isSecureContext: true, navigator: {} })), "not_here");
    assert.equal(hindrance(scope({ isSecureContext: true, navigator: { mediaDevices } })), "not_here");
    assert.equal(hindrance(scope({ isSecureContext: true, navigator: { mediaDevices }, MediaRecorder: 1 })), "");
  });
  it("hears whether somebody speaks, and does not change its mind between two words", () => {
    assert.ok(loudness(new Float32Array(100)) < -100);
    assert.ok(loudness(new Float32Array(100).fill(0.5)) > -7);
    const hearing = new Hearing();
    const changes: (boolean | null)[] = [];
    for (let at = 0; at <= 12_000; at += 100) {
      const isSpeaking = at < 6000 && at % 1000 === 0;
      if (hearing.hear(isSpeaking ? -20 : -80, at)) changes.push(hearing.heard);
    }
    assert.deepEqual(changes, [true, false]);
  });
});

describe("A file that is chosen again", () => {
  const bytes = Buffer.from(Array.from({ length: 400_000 }, (_, i) => (i * 7 + (i >> 9)) & 255));
  it("is known by its bytes, whatever its name", async () => {
    const before = await fingerprint(new File([bytes], "IMG_1.mov", { lastModified: 1 }));
    assert.equal(await fingerprint(new File([bytes], "IMG_1 (2).mov", { lastModified: 2 })), before);
    const other = Buffer.from(bytes);
    other[399_999]++;
    assert.notEqual(await fingerprint(new Blob([other])), before);
    assert.notEqual(await fingerprint(new Blob([bytes.subarray(1)])), before);
  });
  it("may be empty", async () => assert.match(await fingerprint(new Blob([])), /^0-/));
});
