/** Which form a recording takes in this browser. */

export type Kind = "video" | "sound";

/** Safari plays and cuts its own MP4 best; everywhere else WebM has been there for longest. */
const MP4 = {
  video: ["video/mp4;codecs=avc1.42E01E,mp4a.40.2", "video/mp4"],
  sound: ["audio/mp4;codecs=mp4a.40.2", "audio/mp4"],
};
const WEBM = {
  video: ["video/webm;codecs=vp8,opus", "video/webm"],
  sound: ["audio/webm;codecs=opus", "audio/webm", "audio/ogg;codecs=opus"],
};

/** The media type to record in; null when the browser takes none of those that a congress receives. */
export function format(
  kind: Kind,
  supports: (type: string) => boolean,
  isSafari: boolean,
): { type: string; ending: string } | null {
  const order = isSafari ? [...MP4[kind], ...WEBM[kind]] : [...WEBM[kind], ...MP4[kind]];
  const type = order.find(supports);
  if (!type) return null;
  const container = type.split(";")[0]?.split("/")[1] ?? "";
  return { type, ending: container === "mp4" && kind === "sound" ? "m4a" : container };
}

/** Why nothing can be recorded in this page; empty when it can. The words are keys of the page's texts. */
export function hindrance(scope: typeof globalThis): "" | "not_secure" | "not_here" {
  if (!scope.isSecureContext) return "not_secure";
  if (!scope.navigator.mediaDevices?.getUserMedia || !("MediaRecorder" in scope)) return "not_here";
  return "";
}

/** Every browser of iPhones and iPads is Safari underneath. */
export const isSafari = "GestureEvent" in globalThis;
