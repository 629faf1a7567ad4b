/** Says what a file is from its first bytes, so that an error can name what was given instead of a model. */

const signatures: readonly (readonly [kind: string, matches: (head: Buffer, text: string) => boolean])[] = [
  ['an empty file', (head) => head.length === 0],
  [
    'a zip archive (PyTorch .bin or .pt, or NumPy .npz), which holds pickles and is never opened',
    (_, text) => text.startsWith('PK\u0003\u0004'),
  ],
  [
    'a Python pickle, which can run code and is never opened',
    (head) => head[0] === 0x80 && (head[1] ?? 0) >= 2 && (head[1] ?? 0) <= 5,
  ],
  ['an old ggml file (before GGUF)', (_, text) => /^(lmgg|fmgg|tjgg|algg)/.test(text)],
  [
    'a Git LFS pointer, not the file itself (git lfs pull fetches it)',
    (_, text) => text.startsWith('version https://git-lfs'),
  ],
  ['a web page, not a model (a download that went wrong)', (_, text) => /^\s*<(!doctype|html|\?xml)/i.test(text)],
  ['an HDF5 file (Keras)', (_, text) => text.startsWith('\u0089HDF')],
  ['a gzip archive', (head) => head[0] === 0x1f && head[1] === 0x8b],
  ['a tar archive', (_, text) => text.slice(257, 262) === 'ustar'],
  ['a NumPy array', (_, text) => text.startsWith('\u0093NUMPY')],
  ['a TensorFlow Lite model', (_, text) => text.slice(4, 8) === 'TFL3'],
  ['JSON text', (_, text) => /^\s*[{[]/.test(text)],
];

export type ModelFileKind =
  { readonly kind: 'gguf' } | { readonly kind: 'safetensors' } | { readonly kind: 'other'; readonly is: string };

/** `head` is the first 512 bytes or fewer. */
export function fileKind(name: string, head: Buffer): ModelFileKind {
  const text = head.toString('latin1');
  if (text.startsWith('GGUF')) return { kind: 'gguf' };
  if (looksLikeSafetensors(head)) return { kind: 'safetensors' };
  const known = signatures.find(([, matches]) => matches(head, text));
  if (known !== undefined) return { kind: 'other', is: known[0] };
  if (name.toLowerCase().endsWith('.onnx')) return { kind: 'other', is: 'an ONNX graph' };
  if (name.toLowerCase().endsWith('.safetensors')) return { kind: 'safetensors' };
  return { kind: 'other', is: `a file that begins with 0x${head.subarray(0, 8).toString('hex')}` };
}

// Before all signatures: the length of a header may have any low bytes, but is under 4 GB, and JSON follows it.
function looksLikeSafetensors(head: Buffer): boolean {
  return head.length > 8 && head[8] === 0x7b && head.readUInt32LE(4) === 0;
}
