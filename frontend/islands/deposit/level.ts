/** How loud it is: for the eyes a bar, for everybody a sentence that changes seldom. */

const EVERY_MS = 100;
/** A sentence stays for so long at least. */
const STEADY_MS = 3_000;
/** Decibels below full scale: the end of the bar, and what is too low to be understood. */
const FLOOR_DB = -60;
const LOW_DB = -42;

/** Decibels of samples between -1 and 1. */
export function loudness(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return 10 * Math.log10(sum / samples.length + 1e-12);
}

/** Says whether one is heard, from the loudest of the last seconds: between two words everybody is silent. */
export class Hearing {
  private loudest = Number.NEGATIVE_INFINITY;
  private since: number | null = null;
  heard: boolean | null = null;

  /** @param at Milliseconds. True when the sentence changes. */
  hear(decibels: number, at: number): boolean {
    this.since ??= at;
    this.loudest = Math.max(this.loudest, decibels);
    if (at - this.since < STEADY_MS) return false;
    const heard = this.loudest >= LOW_DB;
    this.since = at;
    this.loudest = Number.NEGATIVE_INFINITY;
    const changed = heard !== this.heard;
    this.heard = heard;
    return changed;
  }
}

/**
 * Watches a stream.
 *
 * @param bar Its width goes from 0 to 100.
 * @returns What ends it.
 */
export function watch(stream: MediaStream, bar: SVGElement, say: (isHeard: boolean) => void): () => void {
  let context: AudioContext;
  try {
    context = new AudioContext();
  } catch {
    return () => {};
  }
  const analyser = context.createAnalyser();
  analyser.fftSize = 2048;
  context.createMediaStreamSource(stream).connect(analyser);
  context.resume().catch(() => {});
  const samples = new Float32Array(analyser.fftSize);
  const hearing = new Hearing();
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const decibels = loudness(samples);
    const width = Math.max(0, Math.min(100, Math.round(100 * (1 - decibels / FLOOR_DB))));
    bar.setAttribute("width", String(width));
    if (context.state === "running" && hearing.hear(decibels, performance.now())) say(hearing.heard === true);
  }, EVERY_MS);
  return () => {
    clearInterval(timer);
    context.close().catch(() => {});
  };
}
