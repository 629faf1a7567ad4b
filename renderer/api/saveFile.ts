/** Gives the user a file: through a dialog in the desktop application, as a download in a browser. */
import { desktopBridge } from './desktopBridge.ts';

export interface NamedFile {
  readonly name: string;
  readonly mediaType: string;
  readonly data: Uint8Array | Blob | string;
}

/** Where it was saved, or null: the user changed their mind, or the browser does not tell. */
export async function saveFile({ name, mediaType, data }: NamedFile): Promise<string | null> {
  const blob = data instanceof Blob ? data : new Blob([data as BlobPart], { type: mediaType });
  const bridge = desktopBridge();
  if (bridge !== null) return bridge.saveFile(name, new Uint8Array(await blob.arrayBuffer()));
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
  return null;
}
