import type { Ref, RefObject } from 'react';
import { useImperativeHandle, useRef } from 'react';
import { svgPng, svgText } from './exportPicture.ts';
import type { Picture } from './picture.ts';

/** Of a mark that is one SVG element: gives the ref for the element, and fills the mark's own. */
export function usePicture(ref: Ref<Picture> | undefined): RefObject<SVGSVGElement | null> {
  const svg = useRef<SVGSVGElement>(null);
  useImperativeHandle(ref, () => {
    const element = () => {
      if (svg.current === null) throw new Error('the picture is not on the page');
      return svg.current;
    };
    const pane = () => getComputedStyle(document.documentElement).getPropertyValue('--pane');
    return {
      toPng: async (scale = 2) => svgPng(element(), scale, pane()),
      toSvg: () => svgText(element()),
    };
  }, []);
  return svg;
}
