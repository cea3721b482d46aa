/** What this device keeps of a page of lines until the service has it. A device that refuses is told of. */
import type { Values } from "./rows";

export interface Kept {
  readonly base: string;
  readonly lines: readonly Values[];
  /** Sent by a form of the page: when that page comes back and says so, the service has them. */
  readonly sent?: boolean;
}

export class Device {
  private readonly key: string;

  constructor(name: string) {
    this.key = `motion-transcription:${name}`;
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
    try {
      localStorage.removeItem(this.key);
    } catch {
      // nothing was kept
    }
  }
}
