/** What a view is: one folder renderer/views/<place>, one line in index.ts. */
import type { ComponentType } from 'react';
import type { Workbench } from '../api/workbench.ts';
import type { IconName } from '../parts/icon.tsx';
import type { CommandSpec } from '../state/commands.ts';
import type { PlaceId } from '../state/places.ts';

/** What views share: a view says which of it it reads and which it changes. */
export type Shared =
  'model' | 'prompts' | 'prompt' | 'heads' | 'primary' | 'pinned' | 'tokens' | 'layer' | 'measure' | 'run';

export interface View {
  readonly id: PlaceId;
  readonly title: string;
  /** Number key; also its order in the rail. */
  readonly key: '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9' | '0';
  readonly icon: IconName;
  /** One or two sentences for the help of the view. */
  readonly about: string;
  readonly reads: readonly Shared[];
  readonly writes: readonly Shared[];
  /** Fills its pane; draws its own Panel. */
  readonly Component: ComponentType;
  /** A section of the inspector on the primary head. */
  readonly Inspector?: ComponentType;
  readonly commands?: readonly CommandSpec<Workbench>[];
}
