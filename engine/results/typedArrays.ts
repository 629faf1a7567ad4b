/** The typed arrays that messages may hold: tensors never become lists of numbers. Imports nothing. */

export const typedArrays = { Float32Array, Uint8Array, Uint16Array, Uint32Array, Int32Array } as const;

export type TypedArrayName = keyof typeof typedArrays;
export type TypedArray = InstanceType<(typeof typedArrays)[TypedArrayName]>;

const names = Object.keys(typedArrays) as TypedArrayName[];

/** Its name as the wire knows it (a Buffer is a Uint8Array), or null if it is none of these. */
export function typedArrayName(value: ArrayBufferView): TypedArrayName | null {
  return names.find((name) => value instanceof typedArrays[name]) ?? null;
}

export function isTypedArrayName(name: unknown): name is TypedArrayName {
  return typeof name === 'string' && Object.hasOwn(typedArrays, name);
}

/** Does the array's buffer hold nothing else? */
export function ownsBuffer({ buffer, byteLength }: ArrayBufferView): boolean {
  return buffer.byteLength === byteLength;
}
