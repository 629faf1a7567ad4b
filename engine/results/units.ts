/** Sets of heads and other units, as requests and saved files name them. Imports terms only. */
import * as z from 'zod';
import type { Plain } from './records.ts';

const index = z.int().min(0);

export const headRef = z.strictObject({ layer: index, head: index });
export type HeadRef = Plain<z.infer<typeof headRef>>;

export const kvGroupRef = z.strictObject({ layer: index, kvGroup: index });

/** Units that are replaced together: query heads, KV groups, whole layers (attention and MLP), MLPs. */
export const unitSet = z.strictObject({
  heads: z.array(headRef).readonly(),
  kvGroups: z.array(kvGroupRef).readonly(),
  layers: z.array(index).readonly(),
  mlps: z.array(index).readonly(),
});
export type UnitSet = Plain<z.infer<typeof unitSet>>;
