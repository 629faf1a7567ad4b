import { attentionCases } from './attentionCases.tsx';
import { chartCases } from './chartCases.tsx';
import type { GalleryCase } from './galleryCase.ts';
import { headCases } from './headCases.tsx';
import { interactiveCases } from './interactiveCases.tsx';

export const galleryCases: readonly GalleryCase[] = [
  ...headCases,
  ...attentionCases,
  ...chartCases,
  ...interactiveCases,
];
