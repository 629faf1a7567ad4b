/** What every mark hands out through its `ref`, for export. */
export interface Picture {
  /** At `scale` device pixels for each pixel of the page (default 2), on the theme's pane colour. */
  readonly toPng: (scale?: number) => Promise<Blob>;
  /** A document that stands alone; null where the mark is drawn as pixels only. */
  readonly toSvg: () => string | null;
}

/** Of every mark, in CSS pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}
