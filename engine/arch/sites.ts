/** Which sites a model has, and what the families may lack. */
import type { Site } from '../terms/sites.ts';
import { isSite, sites } from '../terms/sites.ts';
import type { Architecture, Family } from './architecture.ts';

const allSites: readonly Site[] = Object.keys(sites).filter(isSite);

/** Sites of an open model, in the order in which a forward pass meets them. */
export function sitesOf(family: Family): readonly Site[] {
  return allSites.filter((site) => family.lacks[site] === undefined);
}

export interface FamilyRow {
  readonly id: string;
  readonly title: string;
  /** `model_type` values of config.json. */
  readonly modelTypes: readonly string[];
  /** Sites that every model of the family has. */
  readonly sites: readonly Site[];
  /** Sites that some or all of its models lack, and which. */
  readonly lacks: readonly { readonly site: Site; readonly when: string }[];
}

/** One row per family, for `info --families`. */
export function familyRows(architectures: readonly Architecture[]): readonly FamilyRow[] {
  return architectures.map(({ id, title, modelTypes, lacks = {} }) => ({
    id,
    title,
    modelTypes,
    sites: allSites.filter((site) => lacks[site] === undefined),
    lacks: allSites.flatMap((site) => {
      const when = lacks[site];
      return when === undefined ? [] : [{ site, when }];
    }),
  }));
}
