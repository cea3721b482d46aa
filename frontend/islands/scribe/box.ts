/** What is on this device and not yet at the server, and the words that are being typed. */

export interface Note {
  /** What the server knows it by: the same words sent twice are noted once. */
  readonly key: string;
  /** When they were noted, by this device's clock, in milliseconds. */
  readonly at: number;
  readonly fields: Readonly<Record<string, string>>;
  /** Why the server did not take them, in words. */
  readonly refused?: string;
}

export class Box {
  /** Whether what is in it outlives this page. */
  lasts = true;
  private memory: readonly Note[] = [];

  /** @param name Congress and person: what one of the secretariat noted is never sent as another's. */
  constructor(private readonly name: string) {}

  notes(): readonly Note[] {
    if (!this.lasts) return this.memory;
    const kept = this.read(`motion-parole:${this.name}`);
    return Array.isArray(kept) ? (kept as Note[]) : [];
  }

  add(fields: Readonly<Record<string, string>>): void {
    const { key: _page, ...rest } = fields;
    this.keep([...this.notes(), { key: newKey(), at: Date.now(), fields: rest }]);
  }

  remove(key: string): void {
    this.keep(this.notes().filter((note) => note.key !== key));
  }

  refuse(key: string, sentence: string): void {
    this.keep(this.notes().map((note) => (note.key === key ? { ...note, refused: sentence } : note)));
  }

  draft(): Readonly<Record<string, string>> | null {
    const kept = this.read(`motion-parole-brouillon:${this.name}`);
    return kept && typeof kept === "object" ? (kept as Record<string, string>) : null;
  }

  keepDraft(fields: Readonly<Record<string, string>>): void {
    this.write(`motion-parole-brouillon:${this.name}`, fields);
  }

  private keep(notes: readonly Note[]): void {
    if (this.lasts && !this.write(`motion-parole:${this.name}`, notes)) this.lasts = false;
    this.memory = notes;
  }

  private read(name: string): unknown {
    try {
      return JSON.parse(localStorage.getItem(name) ?? "null");
    } catch {
      return null;
    }
  }

  private write(name: string, value: unknown): boolean {
    try {
      localStorage.setItem(name, JSON.stringify(value));
      return true;
    } catch {
      return false; // full, or forbidden by the browser's settings
    }
  }
}

function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
