/** The folder that is to be listed so that this path may be opened: of a file the one it lies in, of a folder itself. */
export function folderOf(path: string): string {
  const trimmed = path.replace(/(?<=.)[\\/]+$/, '');
  if (!/\.[A-Za-z0-9]{1,12}$/.test(trimmed)) return trimmed;
  const at = Math.max(trimmed.lastIndexOf('/'), trimmed.lastIndexOf('\\'));
  return at <= 0 ? trimmed.slice(0, 1) : trimmed.slice(0, at);
}
