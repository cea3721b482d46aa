/** The editor's pure parts. Bundled by esbuild and run by `node --test`, both called from test_units.py. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it, mock } from "node:test";
import * as Y from "yjs";
import { Announcer } from "../../frontend/islands/editor/announce";
import { clean, pieces, wholeCharacter } from "../../frontend/islands/editor/filter";
import { found, type Other } from "../../frontend/islands/editor/forwhom";
import { Hold } from "../../frontend/islands/editor/hold";
import { headingLevel, lineNumbers } from "../../frontend/islands/editor/numbering";
import { grouped } from "../../frontend/islands/editor/merging";
import { underLogin } from "../../frontend/islands/editor/moving";
import { type Entry, MemoryBoxes, Outbox } from "../../frontend/islands/editor/outbox";
import { sections } from "../../frontend/islands/editor/outline";
import type { EditorPage } from "../../frontend/islands/editor/page";
import { People, placeOf } from "../../frontend/islands/editor/people";
import { layOn, shownLabel } from "../../frontend/islands/editor/plan";
import { insertedText } from "../../frontend/islands/editor/words";
import { savingWords, sentences } from "../../frontend/islands/editor/status";
import * as wire from "../../frontend/islands/editor/wire";
import { type Chunk, Past } from "../../frontend/islands/replay/past";

describe("Line numbers", () => {
  const { cases } = JSON.parse(readFileSync(process.env.LINE_NUMBERS as string, "utf8"));
  for (const { name, text, numbers } of cases) {
    it(name, () => assert.deepEqual(lineNumbers(text.split("\n")), numbers));
  }
  it("tells the level of a heading", () => {
    assert.deepEqual(["# a", "### b", "   ## c", "#d", "####### e", "-"].map(headingLevel), [1, 3, 2, 0, 0, 0]);
  });
});

describe("Filter", () => {
  it("keeps what French text is made of", () => {
    const text = "«\u00a0Élu·e·s\u00a0»\u202f: l’œuvre,\tÿ 😀 — 7\u202f%\n";
    assert.equal(clean(text), text);
  });
  it("makes one line feed of every line end", () => {
    assert.equal(clean("a\r\nb\rc\u2028d\u2029e"), "a\nb\nc\nd\ne");
  });
  for (const code of [0, 7, 0x0b, 0x0c, 0x1f, 0x7f, 0x85, 0x9f, 0x202a, 0x202e, 0x2066, 0x2069, 0xfeff, 0xe0000, 0xe0041, 0xe007f]) {
    it(`takes out U+${code.toString(16)}`, () => assert.equal(clean(`a${String.fromCodePoint(code)}b`), "ab"));
  }
  it("takes out half a character", () => {
    assert.equal(clean("a\ud83db\ude00c"), "abc");
  });
  it("never cuts a character", () => {
    assert.equal(wholeCharacter("a😀b", 2), 1);
    assert.equal(wholeCharacter("a😀b", 3), 3);
    assert.deepEqual(pieces("a😀b", 2), ["a", "😀", "b"]);
    assert.equal(pieces("😀".repeat(100), 7).join(""), "😀".repeat(100));
  });
});

describe("Hold rule", () => {
  it("applies at once when nothing is composed", () => {
    const seen: number[] = [];
    const hold = new Hold<number>(() => false, (n) => seen.push(n));
    hold.receive(1);
    assert.deepEqual(seen, [1]);
  });
  it("holds while composing, then applies in order", () => {
    const seen: number[] = [];
    let composing = true;
    const hold = new Hold<number>(() => composing, (n) => seen.push(n));
    hold.receive(1);
    composing = false;
    hold.receive(2);
    assert.deepEqual(seen, []);
    assert.equal(hold.waiting, 2);
    composing = true;
    hold.release();
    assert.deepEqual(seen, []);
    composing = false;
    hold.release();
    assert.deepEqual(seen, [1, 2]);
  });
  it("holds for three seconds at most", () => {
    mock.timers.enable({ apis: ["setTimeout"] });
    const seen: number[] = [];
    const hold = new Hold<number>(() => true, (n) => seen.push(n));
    hold.receive(1);
    mock.timers.tick(2999);
    assert.deepEqual(seen, []);
    mock.timers.tick(1);
    assert.deepEqual(seen, [1]);
    mock.timers.reset();
  });
});

describe("Outbox", () => {
  const bytes = (n: number) => new Uint8Array([n]);
  const given = (n: number, more = {}) => {
    return { client: 7, bytes: bytes(n), at: 0, session: "s", sent: true, ...more };
  };
  /** What typing gives, an update a key. */
  const typed = (words: string, client = 7) => {
    const doc = new Y.Doc({ gc: false });
    doc.clientID = client;
    const updates: Uint8Array[] = [];
    doc.on("update", (update: Uint8Array) => updates.push(update));
    for (const letter of words) {
      if (letter === "<") doc.getText("text").delete(doc.getText("text").length - 1, 1);
      else doc.getText("text").insert(doc.getText("text").length, letter);
    }
    return updates;
  };
  const read = (updates: readonly Uint8Array[]) => {
    const doc = new Y.Doc();
    for (const update of updates) Y.applyUpdate(doc, update);
    assert.equal(doc.store.pendingStructs, null);
    return doc.getText("text").toString();
  };
  class Device extends MemoryBoxes {
    override readonly lasting = true;
  }
  it("numbers from one and keeps the bytes", async () => {
    const boxes = new MemoryBoxes();
    const outbox = await Outbox.open(boxes, "a");
    await outbox.add(given(1));
    await outbox.add(given(2));
    assert.deepEqual(outbox.entries.map((entry) => [entry.n, entry.bytes[0]]), [[1, 1], [2, 2]]);
    assert.deepEqual([...boxes.kept.keys()], [1, 2]);
    outbox.close();
  });
  it("forgets what was answered, once", async () => {
    const boxes = new MemoryBoxes();
    const outbox = await Outbox.open(boxes, "a");
    await outbox.add(given(1));
    assert.equal(outbox.settle(1)?.bytes[0], 1);
    assert.equal(outbox.settle(1), undefined);
    assert.equal(boxes.kept.size, 0);
    outbox.close();
  });
  it("goes on after what another tab left, under its client id", async () => {
    const left = { entries: [{ ...given(1), n: 4, client: 9 }], bases: [] };
    const outbox = await Outbox.open(new MemoryBoxes(left), "b");
    const added = await outbox.add(given(2));
    assert.deepEqual(outbox.entries.map((entry) => [entry.n, entry.client]), [[1, 9], [2, 7]]);
    assert.equal(added.n, 2);
    outbox.close();
  });
  it("sends although the device does not answer, and does not call it kept", async () => {
    class Stuck extends Device {
      override put(): Promise<void> {
        return new Promise(() => {});
      }
    }
    const outbox = await Outbox.open(new Stuck(), "a");
    const adding = outbox.add(given(1));
    assert.equal(outbox.sendable.length, 0);
    await adding;
    assert.equal(outbox.sendable.length, 1);
    assert.equal(outbox.onDevice.length, 0);
    outbox.close();
  });
  it("says that the device refuses, until it takes everything again", async () => {
    let full = true;
    class Full extends Device {
      override put(box: string, entry: Entry): Promise<void> {
        return full ? Promise.reject(new Error("QuotaExceededError")) : super.put(box, entry);
      }
    }
    const outbox = await Outbox.open(new Full(), "a");
    await outbox.add(given(1));
    assert.deepEqual([outbox.refuses, outbox.onDevice.length, outbox.sendable.length], [true, 0, 1]);
    full = false;
    await outbox.add(given(2));
    await new Promise((done) => setTimeout(done));
    assert.deepEqual([outbox.refuses, outbox.onDevice.length], [false, 2]);
    assert.equal((await Outbox.open(new MemoryBoxes(), "b")).refuses, true);
    outbox.close();
  });
  it("merges what was never sent, within the limits, and nothing of it is lost", async () => {
    const boxes = new Device();
    const outbox = await Outbox.open(boxes, "a");
    const words = "Les communes <écrivent 😀. ".repeat(80);
    for (const update of typed(words)) await outbox.add(given(0, { bytes: update, sent: false }));
    assert.ok(outbox.entries.length > 1900);
    assert.equal(outbox.sendable.length, 0);
    const before = outbox.entries.map((entry) => entry.bytes);
    assert.equal(await outbox.release(), true);
    assert.ok(outbox.entries.length < 10, `${outbox.entries.length}`);
    assert.equal(read(outbox.entries.map((entry) => entry.bytes)), read(before));
    assert.deepEqual(outbox.sendable, outbox.entries);
    assert.deepEqual([...boxes.kept.values()], [...outbox.entries]);
    for (const { bytes } of outbox.entries) {
      const { structs, ds } = Y.decodeUpdate(bytes);
      assert.ok(bytes.length <= 16_384 && structs.length <= 2000);
      assert.ok([...ds.clients.values()].every((ranges) => ranges.length <= 2000));
    }
    assert.equal(await outbox.release(), false);
    outbox.close();
  });
  it("never touches what may have been sent, nor merges across it or across client ids", async () => {
    const outbox = await Outbox.open(new Device(), "a");
    const [a, b, c, d, e, f, g] = typed("abcdefg") as Uint8Array[];
    const other = typed("x", 8)[0];
    const flags = [[a, true], [b, false], [c, false], [d, true], [e, false]] as const;
    for (const [update, sent] of flags) await outbox.add(given(0, { bytes: update, sent }));
    await outbox.add(given(0, { bytes: other, client: 8, sent: false }));
    for (const update of [f, g]) await outbox.add(given(0, { bytes: update, sent: false }));
    await outbox.release();
    assert.deepEqual(
      outbox.entries.map((entry) => [entry.n, insertedText(entry.bytes)]),
      [[1, "a"], [2, "bc"], [4, "d"], [5, "e"], [6, "x"], [7, "fg"]],
    );
    assert.equal(outbox.entries[2]?.bytes, d);
    outbox.close();
  });
  it("sends the single ones when the device cannot put the merged one in their place", async () => {
    class Torn extends Device {
      override replace(): Promise<void> {
        return Promise.reject(new Error("no"));
      }
    }
    const outbox = await Outbox.open(new Torn(), "a");
    for (const update of typed("ab")) await outbox.add(given(0, { bytes: update, sent: false }));
    await outbox.release();
    assert.deepEqual(outbox.sendable.map((entry) => insertedText(entry.bytes)), ["a", "b"]);
    outbox.close();
  });
});

describe("Words of a login that ended", () => {
  const at = 0;
  /** The server has what `sent` of the updates bring; the rest waits under the old login. */
  const world = (sent: number) => {
    const server = new Y.Doc({ gc: false });
    server.clientID = 1;
    server.getText("text").insert(0, "Nous demandons.");
    const mine = new Y.Doc({ gc: false });
    mine.clientID = 7;
    Y.applyUpdate(mine, Y.encodeStateAsUpdate(server));
    const updates: Uint8Array[] = [];
    mine.on("update", (update: Uint8Array) => updates.push(update));
    const text = mine.getText("text");
    text.insert(4, " tous");
    text.insert(9, " ici");
    text.delete(6, 3);
    text.delete(10, 4);
    text.insert(0, "« ");
    for (const update of updates.slice(0, sent)) Y.applyUpdate(server, update);
    const entries = updates.map((bytes, i): Entry => ({ n: i + 1, client: 7, bytes, at, session: "old", sent: i < 2 }));
    return { server, mine, entries };
  };
  for (const sent of [0, 1, 2, 3, 4, 5]) {
    it(`keep their place under the new one when the server has ${sent} of them`, () => {
      const { server, mine, entries } = world(sent);
      const known = Y.decodeStateVector(Y.encodeStateVector(server));
      const has = known.get(7) ?? 0;
      const moved = underLogin(entries, "new", known, () => 99);
      for (const { bytes, session, client, sent: isSent } of moved) {
        assert.deepEqual([session, client, isSent], ["new", 99, false]);
        for (const struct of Y.decodeUpdate(bytes).structs) assert.equal(struct.id.client, 99);
        Y.applyUpdate(server, bytes);
        assert.equal(server.store.pendingStructs, null);
        assert.equal(server.store.pendingDs, null);
      }
      assert.equal(server.getText("text").toString(), mine.getText("text").toString());
      assert.equal(Y.decodeStateVector(Y.encodeStateVector(server)).get(7) ?? 0, has);
    });
  }
  it("are followed by what was written since under this one", () => {
    const { server, mine, entries } = world(1);
    const later = new Y.Doc({ gc: false });
    later.clientID = 8;
    Y.applyUpdate(later, Y.encodeStateAsUpdate(mine));
    later.on("update", (bytes: Uint8Array) => {
      entries.push({ n: entries.length + 1, client: 8, bytes, at, session: "new", sent: false });
    });
    later.getText("text").insert(3, "xyz");
    later.getText("text").delete(0, 1);
    const known = Y.decodeStateVector(Y.encodeStateVector(server));
    for (const { bytes } of underLogin(entries, "new", known, () => 99)) Y.applyUpdate(server, bytes);
    assert.equal(server.store.pendingStructs, null);
    assert.equal(server.getText("text").toString(), later.getText("text").toString());
  });
  it("leave a client id that somebody else has, with all that was written under it", () => {
    const { server, mine, entries } = world(0);
    const other = new Y.Doc({ gc: false });
    other.clientID = 7;
    Y.applyUpdate(other, Y.encodeStateAsUpdate(server));
    other.getText("text").insert(0, "Autre. ");
    Y.applyUpdate(server, Y.encodeStateAsUpdate(other));
    const known = Y.decodeStateVector(Y.encodeStateVector(server));
    const own = entries.map((entry) => ({ ...entry, session: "new", sent: true }));
    for (const { bytes, client, sent } of underLogin(own, "new", known, () => 99, new Set([7]))) {
      assert.deepEqual([client, sent], [99, false]);
      Y.applyUpdate(server, bytes);
    }
    assert.equal(server.store.pendingStructs, null);
    assert.equal(server.getText("text").toString(), `Autre. ${mine.getText("text").toString()}`);
  });
  it("are cut where the server's knowledge ends", () => {
    const { server, mine, entries } = world(0);
    const [first, ...rest] = entries as [Entry, ...Entry[]];
    Y.applyUpdate(server, first.bytes);
    const merged = { ...first, bytes: Y.mergeUpdates(entries.map((entry) => entry.bytes)) };
    const known = Y.decodeStateVector(Y.encodeStateVector(server));
    assert.equal(rest.length, 4);
    for (const { bytes } of underLogin([merged], "new", known, () => 99)) Y.applyUpdate(server, bytes);
    assert.equal(server.getText("text").toString(), mine.getText("text").toString());
  });
});

const page = {
  language: "fr",
  time_zone: "Europe/Paris",
  texts: {
    time: "{hour} h {minute}",
    joining: "Connexion…",
    saved: "Enregistré à {time}",
    saving: "Enregistrement…",
    unsent_one: "{count} phrase à envoyer, gardée sur cet appareil",
    unsent_other: "{count} phrases à envoyer, gardées sur cet appareil",
    unsent_short: "{count} à envoyer",
    unkept_one: "{count} phrase à envoyer. Cet appareil ne peut pas la garder.",
    unkept_other: "{count} phrases à envoyer. Cet appareil ne peut pas les garder.",
    keeping: "Enregistrement sur cet appareil…",
    offline: "Hors ligne",
    read_only: "Lecture seule : {reason}",
    read_only_short: "Lecture seule",
  },
} as unknown as EditorPage;

describe("Status", () => {
  const calm = { online: true, joined: true, unsent: 0, kept: 0, refuses: false, waitedMs: 0, readOnly: "" };
  const savedAt = new Date("2026-11-22T13:32:05Z");
  it("says when the server kept it, in the congress's zone", () => {
    assert.equal(savingWords({ ...calm, savedAt }, page).words, "Enregistré à 14 h 32");
  });
  it("never says saved while something waits", () => {
    assert.equal(savingWords({ ...calm, savedAt, unsent: 1 }, page).words, "Enregistrement…");
  });
  it("counts what waits when the line is cut", () => {
    const facts = { ...calm, savedAt, online: false, unsent: 3, kept: 3 };
    assert.equal(savingWords(facts, page).words, "3 phrases à envoyer, gardées sur cet appareil");
    assert.equal(savingWords({ ...facts, kept: 1 }, page).words, "1 phrase à envoyer, gardée sur cet appareil");
  });
  it("claims nothing for what is not on the device yet", () => {
    const facts = { ...calm, savedAt, online: false, unsent: 1 };
    assert.equal(savingWords(facts, page).words, "Enregistrement sur cet appareil…");
  });
  it("says plainly that the device keeps nothing", () => {
    const facts = { ...calm, savedAt, online: false, unsent: 2, refuses: true };
    assert.equal(savingWords(facts, page).words, "2 phrases à envoyer. Cet appareil ne peut pas les garder.");
  });
  it("says so when the server keeps silent too long", () => {
    assert.equal(savingWords({ ...calm, savedAt, unsent: 2, kept: 2, waitedMs: 9000 }, page).kind, "unsent");
  });
  it("is offline when nothing waits", () => {
    assert.equal(savingWords({ ...calm, savedAt, online: false }, page).words, "Hors ligne");
  });
  it("gives the reason of reading only", () => {
    const facts = { ...calm, savedAt, readOnly: "le texte est clos." };
    assert.equal(savingWords(facts, page).words, "Lecture seule : le texte est clos.");
    const whole = { ...facts, readOnly: "Lecture seule : le texte est clos." };
    assert.equal(savingWords(whole, page).words, "Lecture seule : le texte est clos.");
  });
  it("counts sentences", () => {
    assert.deepEqual(["", "un", "Un. Deux", "Un…\nDeux !\nTrois ?"].map(sentences), [1, 1, 2, 3]);
  });
});

describe("Announcements", () => {
  const edit = (line: number) => ({ type: "editing", name: "Aline", mine: true, line }) as const;
  it("are at most one in twenty seconds when calm", () => {
    const announcer = new Announcer();
    announcer.hear(edit(1));
    assert.equal(announcer.due(0)?.type, "editing");
    announcer.hear(edit(2));
    assert.equal(announcer.due(19_999), null);
    announcer.hear(edit(2));
    assert.equal(announcer.due(20_000)?.type, "editing");
  });
  it("wait two seconds after a keystroke", () => {
    const announcer = new Announcer();
    announcer.keystroke(1000);
    announcer.hear(edit(1));
    assert.equal(announcer.due(2999), null);
    assert.notEqual(announcer.due(3000), null);
  });
  it("tell only one's own paragraph when calm, everything when asked", () => {
    const announcer = new Announcer();
    const elsewhere = { type: "editing", name: "Aline", mine: false, line: 4 } as const;
    announcer.hear(elsewhere);
    assert.equal(announcer.due(0), null);
    announcer.loudness = "all";
    announcer.hear(elsewhere);
    assert.deepEqual(announcer.due(1), elsewhere);
  });
  it("group arrivals", () => {
    const announcer = new Announcer();
    announcer.hear({ type: "arrived", names: ["Aline"] });
    announcer.hear({ type: "arrived", names: ["Maxence", "Aline"] });
    assert.deepEqual(announcer.due(0), { type: "arrived", names: ["Aline", "Maxence"] });
  });
  it("are silent when silenced", () => {
    const announcer = new Announcer();
    announcer.loudness = "none";
    announcer.hear(edit(1));
    assert.equal(announcer.due(1e9), null);
  });
});

describe("Plan", () => {
  it("cuts the text at its headings", () => {
    const found = sections(["Préambule", "## Un **gras**", "", "a", "- b", "### Deux"]);
    assert.deepEqual(
      found.map(({ title, level, from, to, lines }) => [title, level, from, to, lines]),
      [["", 0, 0, 10, 1], ["Un gras", 2, 10, 32, 2], ["Deux", 3, 32, 41, 0]],
    );
  });
  it("is empty for an empty text", () => assert.deepEqual(sections([""]), []));
});

describe("Wire", () => {
  it("reads what it writes", () => {
    const update = new Uint8Array([1, 2, 3]);
    assert.deepEqual(wire.read(wire.submit(300, update)), { type: "submit", n: 300, update });
    const entries = [{ client: 2 ** 40, clock: 3, state: { c: [1, 2, 0] } }];
    assert.deepEqual(wire.read(wire.presence(entries)), { type: "presence", entries });
    const body = wire.pack([wire.queryPresence(), wire.step1(update)]);
    assert.deepEqual(wire.unpack(body).map((message) => message.type), ["query-presence", "step1"]);
  });
  it("reads who is connected", () => {
    const json = new TextEncoder().encode('{"officials":[7,8]}');
    assert.deepEqual(wire.read(new Uint8Array([106, json.length, ...json])), { type: "present", officials: [7, 8] });
  });
  it("tells an unknown message and refuses a cut one", () => {
    assert.deepEqual(wire.read(new Uint8Array([120, 1])), { type: "unknown", code: 120 });
    assert.throws(() => wire.read(new Uint8Array([100, 1, 9, 1])));
  });
});

describe("Plan", () => {
  const heading = (row: number, text: string, label: string) => ({ row, text, label, typed: "" });
  const known = [heading(0, "## Motifs", ""), heading(2, "## Soins", "Article 1"), heading(4, "## Eau", "Article 2")];
  const at = (text: string, before: Parameters<typeof layOn>[2] = []) =>
    layOn(text.split("\n"), known, before).map(({ at, label }) => [text.slice(at).split("\n")[0], label]);
  it("lays the server's labels on the headings", () => {
    assert.deepEqual(at("## Motifs\na\n## Soins\nb\n## Eau"), [["## Soins", "Article 1"], ["## Eau", "Article 2"]]);
  });
  it("goes by the order when a heading is being written", () => {
    assert.deepEqual(at("## Motifs\n## Soins d’urgence\n## Eau")[0], ["## Soins d’urgence", "Article 1"]);
  });
  it("goes by the words when headings came or went, and keeps what it had", () => {
    assert.deepEqual(at("## Motifs\n## Neuf\n## Soins\n## Eau"), [["## Soins", "Article 1"], ["## Eau", "Article 2"]]);
    assert.deepEqual(at("## Eau"), [["## Eau", "Article 2"]]);
    assert.deepEqual(at("## Eaux", [{ at: 0, label: "Article 2", typed: "" }]), [["## Eaux", "Article 2"]]);
  });
  it("shows the server's number, and the typed one as not counting unless it says the same", () => {
    const shown = (line: string, typed: string) => shownLabel(line, { at: 0, label: "Article 2", typed });
    assert.deepEqual(shown("## Eau", ""), { before: "Article 2", from: 3, to: 3 });
    assert.deepEqual(shown("## Article 7 : Eau", "Article 7 : "), { before: "Article 2", from: 3, to: 15 });
    assert.deepEqual(shown("## Article 2. Eau", "Article 2. "), { before: "", from: 3, to: 3 });
    assert.deepEqual(shown("## Article 21. Eau", "Article 21. "), { before: "Article 2", from: 3, to: 15 });
  });
});

describe("People", () => {
  const me = { id: "1", name: "Aline", initials: "A" };
  it("are those of whom the server says that they are connected", () => {
    const people = new People(me);
    people.learn({ clients: [], officials: [{ id: "2", name: "Yves", initials: "Y" }] });
    assert.equal(people.count(0), 1);
    assert.deepEqual(people.gather([1, 2]), []);
    assert.deepEqual(people.present(null, 10 ** 9).map((one) => one.person.name), ["Yves"]);
    assert.equal(people.count(0), 2);
    assert.deepEqual(people.gather([1]), []);
    assert.deepEqual(people.gather([1, 2]).map((one) => one.name), ["Yves"]);
  });
  it("have the drawing that the public page gives their words", () => {
    const people = new People(me);
    people.draw(new Map([["2", 3]]));
    assert.equal(people.style("2"), 3);
    assert.equal(people.style("9"), 0);
  });
});

describe("Updates", () => {
  it("give back the words that they bring", () => {
    const doc = new Y.Doc({ gc: false });
    const updates: Uint8Array[] = [];
    doc.on("update", (update: Uint8Array) => updates.push(update));
    const text = doc.getText("text");
    text.insert(0, "Elles demandent");
    text.insert(15, " 😀.");
    text.delete(0, 5);
    assert.deepEqual(updates.map(insertedText), ["Elles demandent", " 😀.", ""]);
    assert.equal(insertedText(Y.mergeUpdates(updates)), "Elles demandent 😀.");
  });
  it("give a place beside a character, at the end too", () => {
    const doc = new Y.Doc();
    const text = doc.getText("text");
    assert.equal(placeOf(text, 0), null);
    text.insert(0, "ab");
    assert.deepEqual(placeOf(text, 0), [doc.clientID, 0, 0]);
    assert.deepEqual(placeOf(text, 2), [doc.clientID, 1, -1]);
  });
});

describe("Past", () => {
  const index = {
    changes: 4,
    zone: "Europe/Paris",
    people: {},
    steps: [],
    chunks: [
      { chunk: 0, entry: -1, first: 0 },
      { chunk: 1, entry: 3, first: 2 },
    ],
  };
  const chunks: readonly Chunk[] = [
    { text: "", changes: [[0, 0, "a", 1, 7, 10], [1, 0, "😀", 3, 7, 20]] },
    { text: "a😀", changes: [[2, 0, "b", 5, 8, 30], [1, 1, "", 6, 8, 40]] },
  ];

  it("is at any place the text that stood there", async () => {
    const past = new Past(index, async (chunk) => chunks[chunk] as Chunk);
    for (const [place, text] of [[4, "ab"], [3, "a😀b"], [1, "a"], [0, ""], [2, "a😀"]] as const) {
      assert.equal(await past.go(place), true);
      assert.deepEqual([past.place, past.text], [place, text]);
    }
    assert.equal(await past.placeOf(5), 3);
  });

  it("stays where the last call went, when an earlier one is answered after it", async () => {
    let answer = (_chunk: Chunk): void => {};
    const past = new Past(index, (chunk) =>
      chunk === 0 ? Promise.resolve(chunks[0] as Chunk) : new Promise((resolve) => { answer = resolve; }),
    );
    const late = past.go(4);
    assert.equal(await past.go(1), true);
    answer(chunks[1] as Chunk);
    assert.equal(await late, false);
    assert.deepEqual([past.place, past.text], [1, "a"]);
  });
});

describe("The members for whom a rapporteur writes", () => {
  const others: readonly Other[] = [
    [3, "Octave Beaudricourt", "maire de Gué-d’Orme"],
    [5, "Édith Œuvrard", "adjointe au maire de Saint-Aurèle"],
  ];
  const ids = (typed: string) => found(others, typed).map(([id]) => id);

  it("are found by three letters of a name or a commune, whatever the accents", () => {
    assert.deepEqual([ids("be"), ids("bea"), ids("EDI"), ids("oeuv"), ids("aurele"), ids("gue be")], [[], [3], [5], [5], [5], [3]]);
    assert.deepEqual([ids("mai"), ids("ricourt"), ids("   ")], [[3, 5], [], []]);
  });

  it("never share an update with words in one's own name", () => {
    const doc = new Y.Doc({ gc: false });
    const made: Uint8Array[] = [];
    doc.on("update", (update: Uint8Array) => made.push(update));
    for (const word of ["a", "b", "c"]) doc.getText("text").insert(0, word);
    const entries = made.map((bytes, i): Entry => ({
      n: i + 1, client: doc.clientID, bytes, at: 0, session: "s", typedFor: i === 1 ? 3 : 0, sent: false,
    }));
    assert.deepEqual(grouped(entries).map((entry) => entry.typedFor), [0, 3, 0]);
  });

  it("are named in each message that carries their words", () => {
    assert.deepEqual([...wire.submitFor(2, 300, new Uint8Array([7]))], [107, 2, 172, 2, 1, 7]);
  });
});
