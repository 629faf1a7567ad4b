import { curveLinear, curveStepAfter, line as linePath, area as areaPath } from 'd3';
import type { PointerEvent, ReactElement, ReactNode, Ref } from 'react';
import { useRef } from 'react';
import type { Axis } from './axes.tsx';
import { BottomAxis, extentOf, LeftAxis, makeAxis } from './axes.tsx';
import { textWidth } from './paint/painter.ts';
import type { Picture, Size } from './picture.ts';
import { usePicture } from './usePicture.ts';

export interface LineSeries {
  readonly name: string;
  /** Increasing; as long as `y`. NaN in `y` breaks the line. */
  readonly x: readonly number[] | Float32Array;
  readonly y: readonly number[] | Float32Array;
  /** Bounds of a band around the line. */
  readonly low?: readonly number[] | Float32Array;
  readonly high?: readonly number[] | Float32Array;
  /** Its band is there to be shown by a style sheet (`mark-band`), as when it is pointed at: many bands hide each other. */
  readonly hidesBand?: boolean;
  /** A control: grey and dashed. */
  readonly control?: boolean;
  /** Written into the drawing as `data-series`: whoever listens there can tell which line is pointed at. */
  readonly id?: string;
  /** A colour of CSS, and lengths of dashes, where those of its place in the list or of a control will not do. */
  readonly colour?: string;
  readonly dash?: string;
}

export interface LineChartProps extends Size {
  readonly title: string;
  readonly series: readonly LineSeries[];
  readonly xTitle: string;
  readonly yTitle?: string;
  readonly xDomain?: readonly [low: number, high: number];
  readonly yDomain?: readonly [low: number, high: number];
  readonly log?: 'x' | 'y' | 'both';
  /** Along x only whole numbers mean something: steps, counts. */
  readonly wholeX?: boolean;
  /** The line y = x of a curve of rates. */
  readonly diagonal?: boolean;
  /** Draws steps instead of slopes: an empirical curve. */
  readonly steps?: boolean;
  /** A horizontal line, named at its right end: what the lines are held against. */
  readonly level?: { readonly name: string; readonly value: number };
  /** More such lines. */
  readonly levels?: readonly { readonly name: string; readonly value: number }[];
  /** Names take as many lines as they need; where that is over a quarter of the height only a saved picture has them, below. Otherwise those that fit in one line are there. */
  readonly wrapsNames?: boolean;
  /** Something measured apart from the lines, with its 95 % interval. */
  readonly point?: ChartPoint | null;
  /** A vertical line, which can be dragged where `onMarker` is given. */
  readonly marker?: number | null;
  readonly onMarker?: (x: number) => void;
  /** Nearest position of the pointer on x, in data units. */
  readonly onHover?: (x: number | null) => void;
  readonly label: string;
  readonly ref?: Ref<Picture>;
}

export interface ChartPoint {
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
}

/** One panel of small multiples: lines with bands, controls dashed, a marker that can be dragged. */
export function LineChart(props: LineChartProps): ReactElement {
  const { width, height, title, series, xTitle, yTitle, log, diagonal = false } = props;
  const { marker = null, point = null, label, ref } = props;
  const svg = usePicture(ref);
  const rule = useRef<SVGLineElement>(null);
  const bottom = height - 32;
  const names = placeNames(props);
  const isBelow = props.wrapsNames === true && linesOf(names) * NAME_HEIGHT > height / 4;
  const lines = isBelow ? 0 : linesOf(names);
  const top = 23 + (yTitle === undefined ? 0 : 16) + Math.max(props.wrapsNames === true ? 0 : 1, lines) * NAME_HEIGHT;
  const [xDomain, yDomain] = domains(props);
  const y = makeAxis(yDomain, [bottom, top], {
    count: Math.max(2, Math.floor((bottom - top) / 32)),
    log: log === 'y' || log === 'both',
  });
  const left = Math.max(...y.ticks.map(({ text }) => textWidth(text, 10)), 12) + 12;
  const x = makeAxis(xDomain, [left, width - 10], {
    count: Math.min(
      Math.max(2, Math.floor(width / 70)),
      props.wholeX === true ? Math.max(1, xDomain[1] - xDomain[0]) : Infinity,
    ),
    log: log === 'x' || log === 'both',
  });
  const pointer = usePlotPointer(props, x, rule);
  const drawn = series.map((one, i) => (
    <Series key={one.id ?? one.name} series={one} colour={colourOf(one, i)} x={x} y={y} steps={props.steps === true} />
  ));
  return (
    <svg ref={svg} role="img" aria-label={label} width={width} height={height} className="mark" {...pointer}>
      <text y={11} fill="var(--ink)" className="mark-title">
        {title}
      </text>
      <SeriesNames names={names} below={isBelow ? height : null} />
      <LeftAxis axis={y} from={left} to={width - 10} title={yTitle} grid />
      <BottomAxis axis={x} from={bottom} to={bottom} title={xTitle} />
      {diagonal && <Diagonal x={x} y={y} />}
      {props.level !== undefined && (
        <Level {...props.level} from={left} to={width - 10} y={y.place(props.level.value)} />
      )}
      {props.levels?.map((level) => (
        <Level key={level.value} {...level} from={left} to={width - 10} y={y.place(level.value)} />
      ))}
      {props.yDomain === undefined ? drawn : <Plot {...{ left, top, width, bottom }}>{drawn}</Plot>}
      {point !== null && <MeasuredPoint point={point} x={x} y={y} />}
      {marker !== null && <Marker x={x.place(marker)} top={top} bottom={bottom} />}
      <line ref={rule} y1={top} y2={bottom} stroke="var(--ink-3)" strokeDasharray="2 2" visibility="hidden" />
    </svg>
  );
}

interface PlotProps {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly bottom: number;
  readonly children: ReactNode;
}

/** Lines may leave a range that is given: what lies beyond it is not drawn. */
function Plot({ left, top, width, bottom, children }: PlotProps): ReactElement {
  const box = { x: left, y: top - 1, width: width - left, height: bottom - top + 2 };
  return (
    <svg {...box} viewBox={Object.values(box).join(' ')}>
      {children}
    </svg>
  );
}

function domains({ series, xDomain, yDomain, log, level, levels = [], point = null }: LineChartProps) {
  const logX = log === 'x' || log === 'both';
  const logY = log === 'y' || log === 'both';
  const all = (pick: (one: LineSeries) => Iterable<number> | undefined, positive: boolean) =>
    series.flatMap((one) => [...(pick(one) ?? [])]).filter((value) => !positive || value > 0);
  const ys = [
    ...all((one) => one.y, logY),
    ...all((one) => (one.hidesBand === true ? [] : one.low), logY),
    ...all((one) => (one.hidesBand === true ? [] : one.high), logY),
    ...(level === undefined ? [] : [level.value]),
    ...levels.map(({ value }) => value),
    ...(point === null ? [] : [point.y, point.low, point.high]),
  ];
  return [xDomain ?? extentOf(all((one) => one.x, logX)), yDomain ?? extentOf(ys, logY ? 0 : 0.05)] as const;
}

function colourOf({ control, colour }: LineSeries, index: number): string {
  if (colour !== undefined) return colour;
  return control === true ? 'var(--mark)' : `var(--series-${(index % 6) + 1})`;
}

function dashOf({ control, dash }: LineSeries): string {
  return dash ?? (control === true ? '4 3' : 'none');
}

interface SeriesProps {
  readonly series: LineSeries;
  readonly colour: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly steps: boolean;
}

function Series({ series, colour, x, y, steps }: SeriesProps): ReactElement {
  const indices = Array.from(series.x.keys());
  const at = (values: readonly number[] | Float32Array | undefined, i: number) => y.place(values?.[i] ?? NaN);
  // An interval may leave the range of its measure: no share is above 1.
  const [floor, ceiling] = [y.place(y.domain[0]), y.place(y.domain[1])];
  const within = (values: readonly number[] | Float32Array | undefined, i: number) =>
    Math.min(floor, Math.max(ceiling, at(values, i)));
  const curve = steps ? curveStepAfter : curveLinear;
  const line = linePath<number>(
    (i) => x.place(series.x[i] ?? NaN),
    (i) => at(series.y, i),
  )
    .defined((i) => Number.isFinite(at(series.y, i)))
    .curve(curve);
  const band = areaPath<number>(
    (i) => x.place(series.x[i] ?? NaN),
    (i) => within(series.low, i),
    (i) => within(series.high, i),
  )
    .defined((i) => Number.isFinite(at(series.low, i)) && Number.isFinite(at(series.high, i)))
    .curve(curve);
  const hasBand = series.low !== undefined && series.high !== undefined;
  return (
    <g data-series={series.id}>
      {series.id !== undefined && <title>{series.name}</title>}
      {/* Easier to point at than the line itself. */}
      {series.id !== undefined && <path d={line(indices) ?? ''} fill="none" stroke="transparent" strokeWidth={9} />}
      {hasBand && (
        <path
          className="mark-band"
          d={band(indices) ?? ''}
          fill={colour}
          opacity={series.hidesBand === true ? 0 : 0.16}
          pointerEvents="none"
        />
      )}
      {series.x.length === 1 && <circle cx={x.place(series.x[0] ?? NaN)} cy={at(series.y, 0)} r={2.5} fill={colour} />}
      <path
        d={line(indices) ?? ''}
        fill="none"
        stroke={colour}
        strokeWidth={1.5}
        strokeLinejoin="round"
        strokeDasharray={dashOf(series)}
      />
    </g>
  );
}

interface PlacedName {
  readonly series: LineSeries;
  readonly colour: string;
  readonly x: number;
  readonly line: number;
}

const NAME_HEIGHT = 13;

/** Names under the title, from left to right: in one line as far as they fit, or in as many as they need. */
function placeNames({ series, width, wrapsNames: wraps = false }: LineChartProps): readonly PlacedName[] {
  const placed: PlacedName[] = [];
  let [x, line] = [0, 0];
  series.forEach((one, i) => {
    const space = textWidth(one.name, 10) + 30;
    if (wraps && x > 0 && x + space - 10 > width) [x, line] = [0, line + 1];
    if (wraps || x + space - 10 <= width) placed.push({ series: one, colour: colourOf(one, i), x, line });
    x += space;
  });
  return placed;
}

function linesOf(names: readonly PlacedName[]): number {
  return Math.max(0, ...names.map(({ line }) => line + 1));
}

interface SeriesNamesProps {
  readonly names: readonly PlacedName[];
  /** The lower edge of the drawing, where they lie below it. */
  readonly below: number | null;
}

function SeriesNames({ names, below }: SeriesNamesProps): ReactElement {
  const room = below === null ? undefined : linesOf(names) * NAME_HEIGHT + 8;
  return (
    <g fill="var(--ink-2)" data-below={room} transform={`translate(0,${below === null ? 25 : below + 12})`}>
      {names.map(({ series, colour, x, line }) => (
        <g key={series.id ?? series.name} data-series={series.id} transform={`translate(${x},${line * NAME_HEIGHT})`}>
          <line x2={14} y1={-3.5} y2={-3.5} stroke={colour} strokeWidth={2} strokeDasharray={dashOf(series)} />
          <text x={18}>{series.name}</text>
        </g>
      ))}
    </g>
  );
}

interface MeasuredPointProps {
  readonly point: ChartPoint;
  readonly x: Axis;
  readonly y: Axis;
}

function MeasuredPoint({ point, x, y }: MeasuredPointProps): ReactElement | null {
  if (!Number.isFinite(point.y)) return null;
  const at = x.place(point.x);
  return (
    <g stroke="var(--accent)" fill="var(--pane)" strokeWidth={1.5}>
      <line x1={at} x2={at} y1={y.place(point.low)} y2={y.place(point.high)} />
      <circle cx={at} cy={y.place(point.y)} r={4} />
    </g>
  );
}

function Diagonal({ x, y }: { readonly x: Axis; readonly y: Axis }): ReactElement {
  const low = Math.max(x.domain[0], y.domain[0]);
  const high = Math.min(x.domain[1], y.domain[1]);
  const ends = { x1: x.place(low), y1: y.place(low), x2: x.place(high), y2: y.place(high) };
  return <line {...ends} stroke="var(--line-strong)" strokeDasharray="3 3" />;
}

interface LevelProps {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly y: number;
}

function Level({ name, from, to, y }: LevelProps): ReactElement {
  return (
    <g fill="var(--ink-2)">
      <line x1={from} x2={to} y1={y} y2={y} stroke="var(--ink-2)" strokeDasharray="1 3" />
      <text x={to} y={y - 4} textAnchor="end">
        {name}
      </text>
    </g>
  );
}

function Marker({
  x,
  top,
  bottom,
}: {
  readonly x: number;
  readonly top: number;
  readonly bottom: number;
}): ReactElement {
  return (
    <g fill="var(--accent)">
      <rect x={x - 0.75} y={top} width={1.5} height={bottom - top} />
      <circle cx={x} cy={bottom} r={4} />
    </g>
  );
}

/** The rule follows the pointer without rendering; while the button is down the marker is moved. */
function usePlotPointer(props: LineChartProps, x: Axis, rule: { readonly current: SVGLineElement | null }) {
  const at = (event: PointerEvent) => {
    const pixel = event.clientX - event.currentTarget.getBoundingClientRect().left;
    return Math.min(x.domain[1], Math.max(x.domain[0], x.invert(pixel)));
  };
  const show = (value: number | null) => {
    if (props.onHover === undefined) return;
    props.onHover(value);
    rule.current?.setAttribute('visibility', value === null ? 'hidden' : 'visible');
    for (const end of ['x1', 'x2']) rule.current?.setAttribute(end, String(value === null ? 0 : x.place(value)));
  };
  return {
    onPointerDown: (event: PointerEvent) => {
      if (props.onMarker === undefined) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      props.onMarker(at(event));
    },
    onPointerMove: (event: PointerEvent) => {
      show(at(event));
      if (event.buttons === 1) props.onMarker?.(at(event));
    },
    onPointerLeave: () => show(null),
  };
}
