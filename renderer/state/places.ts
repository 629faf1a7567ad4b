/** The places of the workbench. Each has a view (renderer/views/index.ts) and a number key. */

const placeIds = [
  'models',
  'prompts',
  'heads',
  'attention',
  'ablate',
  'retrieval',
  'circuits',
  'dictionaries',
  'prune',
  'runs',
] as const;
export type PlaceId = (typeof placeIds)[number];

export function isPlace(id: string): id is PlaceId {
  return (placeIds as readonly string[]).includes(id);
}
