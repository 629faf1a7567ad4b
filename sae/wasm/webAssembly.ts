/** What of WebAssembly is used. The project's type libraries are those of the language and of Node, which leave it out. */

/** Compiled code; may be sent to another thread. */
export type CompiledModule = object;

export interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
}

/** Of one thread: what lies in it can be read by ONNX Runtime where it lies. */
export interface OwnMemory {
  readonly buffer: ArrayBuffer;
}

interface Api {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => CompiledModule;
  readonly Memory: {
    new (size: { initial: number; maximum: number; shared: true }): SharedMemory;
    new (size: { initial: number; maximum: number }): OwnMemory;
  };
  readonly Instance: new (
    module: CompiledModule,
    imports: { readonly env: { readonly memory: SharedMemory | OwnMemory } },
  ) => { readonly exports: Readonly<Record<string, (...values: number[]) => void>> };
}

declare const WebAssembly: Api;

export const { Module, Memory, Instance } = WebAssembly;
