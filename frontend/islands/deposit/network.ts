/** Requests as the browser makes them, and waiting for the network to come back. */
import type { Answer, Request } from "./tus";
import { base64 } from "./tus";

/** Nothing went out or came in for so long: the line is dead, whatever it says. */
const SILENT_MS = 45_000;

/** XMLHttpRequest, not fetch: only it tells that a body still moves, and so a slow line from a dead one. */
export function send(request: Request, signal: AbortSignal | null): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open(request.method, request.address);
    for (const [name, value] of Object.entries(request.headers)) xhr.setRequestHeader(name, value);
    let timer = 0;
    const abort = () => xhr.abort();
    const alive = () => {
      clearTimeout(timer);
      timer = setTimeout(abort, SILENT_MS);
    };
    const ended = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    };
    xhr.upload.addEventListener("progress", alive);
    xhr.addEventListener("load", () => {
      ended();
      resolve({ status: xhr.status, text: xhr.responseText, header: (name) => xhr.getResponseHeader(name) });
    });
    for (const name of ["error", "abort", "timeout"]) {
      xhr.addEventListener(name, () => {
        ended();
        reject(new Error(name));
      });
    }
    signal?.addEventListener("abort", abort);
    if (signal?.aborted) {
      reject(new Error("abort"));
      return;
    }
    alive();
    xhr.send(request.body ?? null);
  });
}

/** Waits; shorter when the device says that it has a network again, or when somebody looks at the page again. */
export function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (deed: () => void) => {
      clearTimeout(timer);
      removeEventListener("online", hope);
      document.removeEventListener("visibilitychange", seen);
      signal.removeEventListener("abort", stop);
      deed();
    };
    const hope = () => end(resolve);
    const seen = () => {
      if (document.visibilityState === "visible") hope();
    };
    const stop = () => end(() => reject(new Error("abort")));
    const timer = setTimeout(hope, milliseconds);
    addEventListener("online", hope);
    document.addEventListener("visibilitychange", seen);
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
  });
}

/** SHA-256 in base64; null on addresses without https, where browsers have none. */
export const digest = globalThis.crypto?.subtle
  ? async (bytes: ArrayBuffer) => base64(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)))
  : null;

/** 128 random bits, in hexadecimal digits. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
