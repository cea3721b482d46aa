/** One request at a time to the service: each answers on the state that the one before has made. */

export interface Told {
  readonly base?: string;
  readonly first?: number;
  readonly count?: number;
  readonly was?: string;
  /** Somebody else corrects other lines of the same transcript. */
  readonly shared?: boolean;
  readonly at?: string;
  readonly to?: string;
  readonly fault?: string;
  readonly line?: number;
}

export type Outcome = "kept" | "refused" | "changed" | "signed_out" | "offline";

/** Send the form as one of its buttons would; nothing is thrown. */
export async function post(form: HTMLFormElement, deed: string): Promise<[Outcome, Told]> {
  const body = new FormData(form);
  body.set("do", deed);
  const answer = await fetch(form.action, {
    method: "POST",
    body,
    headers: { Accept: "application/json" },
  }).catch(() => null);
  if (!answer || answer.status >= 500) return ["offline", {}];
  const isOurs = answer.headers.get("content-type")?.startsWith("application/json");
  const told = isOurs ? ((await answer.json().catch(() => ({}))) as Told) : {};
  if (answer.ok && told.base !== undefined) return ["kept", told];
  if (answer.status === 422 && told.fault) return ["refused", told];
  return [answer.status === 409 ? "changed" : "signed_out", told];
}

/** Does things one after the other. */
export class Line {
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  get isBusy(): boolean {
    return this.waiting > 0;
  }

  /** When all that was asked for is done. */
  async idle(): Promise<void> {
    await this.last;
  }

  run<T>(deed: () => Promise<T>): Promise<T> {
    this.waiting += 1;
    const done = this.last.then(deed).finally(() => {
      this.waiting -= 1;
    });
    this.last = done.catch(() => undefined);
    return done;
  }
}
