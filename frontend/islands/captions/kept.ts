/** What this device keeps of a page of lines until the service has it. A device that refuses is told of. */
import type { Values } from "./rows";

export interface Kept {
  readonly base: string;
  readonly lines: readonly Values[];
  /** The lines as the service had them when somebody began: where they still stand so, nobody else is concerned. */
  readonly before: readonly Values[];
}

export class Device {
  private readonly key: string;
  private readonly asideKey: string;

  constructor(name: string) {
    this.key = `motion-transcription:${name}`;
    this.asideKey = `motion-transcription-ancienne:${name}`;
  }

  read(): Kept | null {
    try {
      const kept = JSON.parse(localStorage.getItem(this.key) ?? "null") as Kept | null;
      return kept && Array.isArray(kept.lines) ? kept : null;
    } catch {
      return null;
    }
  }

  /** False when the device keeps nothing. */
  write(kept: Kept): boolean {
    try {
      localStorage.setItem(this.key, JSON.stringify(kept));
      return true;
    } catch {
      return false;
    }
  }

  clear(): void {
    this.remove(this.key);
  }

  /** Keep as text what was typed on a state that is over, whatever is typed next, until somebody throws it away. */
  setAside(text: string): void {
    try {
      const before = this.aside();
      if (!before.includes(text)) localStorage.setItem(this.asideKey, before ? `${before}\n\n${text}` : text);
      this.clear();
    } catch {
      // it stays where it was
    }
  }

  aside(): string {
    try {
      return localStorage.getItem(this.asideKey) ?? "";
    } catch {
      return "";
    }
  }

  throwAside(): void {
    this.remove(this.asideKey);
  }

  private remove(key: string): void {
    try {
      localStorage.removeItem(key);
    } catch {
      // nothing was kept
    }
  }
}
