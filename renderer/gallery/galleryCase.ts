import type { ReactElement } from 'react';

export interface GalleryCase {
  readonly name: string;
  /** Of the picture with its padding of 8 pixels, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly Drawing: () => ReactElement;
}
