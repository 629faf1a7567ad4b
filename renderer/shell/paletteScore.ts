/**
 * How well an entry of the palette fits what is typed, from 0 (it does not) to 1: every word that is typed must stand in the
 * entry. Letters that are strewn over it are no match: Enter would run something else than what was meant.
 */
export function paletteScore(typed: string, title: string, rest: readonly string[] = []): number {
  const search = typed.trim().toLowerCase();
  const name = title.toLowerCase();
  const all = [name, ...rest].join(' ').toLowerCase();
  const words = search.split(/\s+/);
  if (!words.every((word) => all.includes(word))) return 0;
  if (name === search) return 1;
  if (name.startsWith(search)) return 0.9;
  return words.every((word) => name.includes(word)) ? 0.8 : 0.5;
}
