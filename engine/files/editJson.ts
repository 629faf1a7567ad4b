/**
 * The text of a JSON object with some of its own keys set, everything else as it stands: parsed and written again, 30.0 would
 * become 30, and a config that is read strictly would be another one. Keys that are absent are put first.
 */
export function editJson(text: string, changes: Readonly<Record<string, unknown>>): string {
  const places = valuePlaces(text);
  const [present, absent] = [new Map(places.map((place) => [place.key, place])), [] as string[]];
  const edits: { readonly from: number; readonly to: number; readonly value: string }[] = [];
  for (const [key, value] of Object.entries(changes)) {
    const place = present.get(key);
    if (place === undefined) absent.push(`\n  ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
    else edits.push({ from: place.from, to: place.to, value: JSON.stringify(value) });
  }
  const start = text.indexOf('{') + 1;
  if (absent.length > 0) {
    edits.push({ from: start, to: start, value: absent.join(',') + (places.length > 0 ? ',' : '\n') });
  }
  return edits
    .toSorted((a, b) => b.from - a.from)
    .reduce((edited, { from, to, value }) => edited.slice(0, from) + value + edited.slice(to), text);
}

interface ValuePlace {
  readonly key: string;
  readonly from: number;
  readonly to: number;
}

/** Where the values of the outermost object lie; `text` is valid JSON. */
function valuePlaces(text: string): ValuePlace[] {
  const places: ValuePlace[] = [];
  let [depth, key, from, lastString] = [0, null as string | null, 0, ''];
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]/g)) {
    if (token === ':' && depth === 1 && key === null) [key, from] = [JSON.parse(lastString) as string, index + 1];
    else if ((token === ',' || token === '}') && depth === 1 && key !== null) {
      places.push(trimmed(text, key, from, index));
      key = null;
    }
    if (token.startsWith('"')) lastString = token;
    else if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
  }
  return places;
}

function trimmed(text: string, key: string, from: number, to: number): ValuePlace {
  const value = text.slice(from, to);
  const before = value.length - value.trimStart().length;
  return { key, from: from + before, to: from + before + value.trim().length };
}
