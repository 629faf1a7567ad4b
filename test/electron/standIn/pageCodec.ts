/** Values as text, typed arrays kept: what crosses between a page and the test's process, which can exchange text only. */

/** The same two functions run in the page, so they close over nothing. */
function encode(value: unknown): string {
  const base64 = (bytes: Uint8Array) => {
    let text = '';
    for (const byte of bytes) text += String.fromCharCode(byte);
    return btoa(text);
  };
  const replace = (_key: string, entry: unknown): unknown => {
    if (ArrayBuffer.isView(entry)) {
      const bytes = new Uint8Array(entry.buffer, entry.byteOffset, entry.byteLength);
      return { standIn: entry.constructor.name, bytes: base64(bytes) };
    }
    if (typeof entry === 'number' && !Number.isFinite(entry)) return { standIn: 'number', text: String(entry) };
    return entry;
  };
  return JSON.stringify({ value }, replace);
}

function decode(text: string): unknown {
  type Tagged = { readonly standIn?: unknown; readonly bytes?: unknown; readonly text?: unknown };
  const arrays: Readonly<Record<string, new (buffer: ArrayBuffer) => unknown>> = {
    Float32Array,
    Uint8Array,
    Uint16Array,
    Uint32Array,
    Int32Array,
  };
  const revive = (_key: string, entry: unknown): unknown => {
    if (typeof entry !== 'object' || entry === null) return entry;
    const { standIn, bytes, text: digits } = entry as Tagged;
    if (standIn === 'number') return Number(digits);
    const make = typeof standIn === 'string' ? arrays[standIn] : undefined;
    if (make === undefined || typeof bytes !== 'string') return entry;
    return new make(Uint8Array.from(atob(bytes), (character) => character.charCodeAt(0)).buffer);
  };
  const { value } = JSON.parse(text, revive) as { readonly value?: unknown };
  return value;
}

export const toText = encode;
export const fromText = decode;

/** Runs in the page before its own scripts. */
export const pageCodec = `
globalThis.standInToText = ${encode.toString()};
globalThis.standInFromText = ${decode.toString()};
{
  const ports = new Map();
  // A port that is moved is another object at the other end: this listener comes before the page's own.
  const moved = new Map();
  let moving = [];
  window.addEventListener('message', (event) => event.ports.forEach((port, i) => moved.set(moving[i], port)));
  globalThis.standInDeliver = (text, ids) => {
    moving = ids;
    const channels = ids.map((id) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }) => standInPortSays(id, standInToText(data));
      ports.set(id, port1);
      return port2;
    });
    window.postMessage(standInFromText(text), location.origin, channels);
  };
  globalThis.standInPortHears = (id, text) => ports.get(id)?.postMessage(standInFromText(text));
  globalThis.standInPortEnds = (id) => {
    ports.get(id)?.close();
    ports.delete(id);
    // Electron tells a page of its port's end; browsers need not.
    moved.get(id)?.dispatchEvent(new Event('close'));
    moved.delete(id);
  };
}
`;
