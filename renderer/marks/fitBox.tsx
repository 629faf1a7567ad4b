import type { ReactElement, ReactNode } from 'react';
import { useLayoutEffect, useRef, useState } from 'react';
import type { Size } from './picture.ts';

export interface FitBoxProps {
  readonly children: (size: Size) => ReactNode;
}

/** Fills its parent and tells what it holds how large that is, in whole pixels. */
export function FitBox({ children }: FitBoxProps): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<Size | null>(null);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const measure = () => {
      const [width, height] = [element.clientWidth, element.clientHeight];
      setSize((old) => (old?.width === width && old.height === height ? old : { width, height }));
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={box} className="fit-box">
      {size !== null && size.width > 0 && size.height > 0 && children(size)}
    </div>
  );
}
