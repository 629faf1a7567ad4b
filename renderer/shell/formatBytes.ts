/** `0.9 GB`, `12 MB`: powers of ten, as systems show them. */
import { formatFixed } from '../marks/format.ts';

export function formatBytes(bytes: number): string {
  const [size, unit] = bytes >= 1e9 ? [bytes / 1e9, 'GB'] : bytes >= 1e6 ? [bytes / 1e6, 'MB'] : [bytes / 1e3, 'kB'];
  return `${formatFixed(size, size < 10 ? 1 : 0)} ${unit}`;
}
