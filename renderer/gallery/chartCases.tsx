import { Distribution } from '../marks/distribution.tsx';
import { Histogram } from '../marks/histogram.tsx';
import { IntervalBars } from '../marks/intervalBars.tsx';
import { Legend } from '../marks/legend.tsx';
import { LineChart } from '../marks/lineChart.tsx';
import { ProgressBar } from '../marks/progressBar.tsx';
import { Scatter } from '../marks/scatter/scatter.tsx';
import type { GalleryCase } from './galleryCase.ts';
import { effects, seededRandom } from './sampleData.ts';

const exact = effects(270, 3);
const estimate = exact.map((value, i) => value * 0.9 + (effects(270, 4)[i] ?? 0) * 0.25);
const headName = (index: number) => `L${Math.floor(index / 9)}H${index % 9}`;
const byStrength = Array.from(exact.keys()).sort((a, b) => (exact[a] ?? 0) - (exact[b] ?? 0));
const strongest = byStrength[0] ?? 0;
const chosen: ReadonlySet<number> = new Set(byStrength.slice(1, 3));

const random = seededRandom(21);
const controls = Array.from({ length: 24 }, () => 7 + (random() + random() - 1) * 1.6);
const steps = Array.from({ length: 41 }, (_, i) => i);
const quality = steps.map((i) => 4.92 - (i / 40) ** 2 * 4.4);
const control = steps.map((i) => 4.92 - (i / 40) * 4.6);
const band = (values: readonly number[], sign: number) => values.map((value, i) => value + sign * (0.1 + i * 0.012));
const loss = Array.from({ length: 200 }, (_, i) => 0.9 * Math.exp(-i / 40) + 0.08 + random() * 0.02);

export const chartCases: readonly GalleryCase[] = [
  {
    name: 'scatter',
    width: 440,
    height: 400,
    Drawing: () => (
      <Scatter
        {...{ width: 424, height: 384, diagonal: true, name: headName, set: chosen, primary: strongest, pinned: 100 }}
        x={{ title: 'AtP estimate, \u0394 logit difference', values: estimate }}
        y={{ title: 'exact', values: exact }}
        label="Estimated against exact effects"
      />
    ),
  },
  {
    name: 'bars',
    width: 320,
    height: 140,
    Drawing: () => (
      <IntervalBars
        width={304}
        signed
        bars={[
          { name: 'zero', value: -2.59, low: -2.93, high: -2.25 },
          { name: 'mean', value: -2.33, low: -2.63, high: -2.03 },
          { name: 'resample', value: -2.74, low: -3.12, high: -2.36 },
          { name: 'AtP', value: -2.7, low: -3.01, high: -2.39 },
          { name: 'random head', value: 0.12, low: -0.3, high: 0.54, control: true },
        ]}
        label="Scores of L23H3"
      />
    ),
  },
  {
    name: 'distribution',
    width: 320,
    height: 100,
    Drawing: () => (
      <Distribution
        {...{ width: 304, height: 84, values: controls }}
        lines={[
          { name: 'set', value: 3.69, tone: 'accent' },
          { name: 'clean', value: 7.12, tone: 'ink' },
        ]}
        title="logit difference, prompt 1"
        label="Logit difference after ablating 3 heads"
      />
    ),
  },
  {
    name: 'lines',
    width: 640,
    height: 240,
    Drawing: () => (
      <div className="case-row">
        <LineChart
          {...{ width: 304, height: 224, xTitle: 'heads removed', yTitle: 'logit difference', marker: 14 }}
          title="Quality when pruning"
          series={[
            { name: 'by effect', x: steps, y: quality, low: band(quality, -1), high: band(quality, 1) },
            { name: 'random', x: steps, y: control, low: band(control, -1), high: band(control, 1), control: true },
          ]}
          label="Logit difference against heads removed"
        />
        <LineChart
          {...{ width: 304, height: 224, xTitle: 'step', yTitle: 'loss', log: 'y' }}
          title="Reconstruction"
          series={[{ name: 'training', x: Array.from(loss.keys()), y: loss }]}
          label="Loss against steps"
        />
      </div>
    ),
  },
  {
    name: 'roc',
    width: 320,
    height: 300,
    Drawing: () => (
      <LineChart
        {...{ width: 304, height: 284, xTitle: 'false positive rate', yTitle: 'true positive rate', diagonal: true }}
        {...{ xDomain: [0, 1], yDomain: [0, 1], steps: true }}
        title="Against the published circuit"
        series={[
          { name: 'EAP', x: [0, 0.02, 0.1, 0.3, 1], y: [0, 0.5, 0.8, 0.95, 1] },
          { name: 'AtP', x: [0, 0.05, 0.2, 0.5, 1], y: [0, 0.4, 0.7, 0.9, 1] },
          { name: 'HISP', x: [0, 0.1, 0.3, 0.6, 1], y: [0, 0.3, 0.5, 0.8, 1] },
          { name: 'untrained', x: [0, 0.25, 0.5, 0.75, 1], y: [0, 0.2, 0.55, 0.7, 1], control: true },
        ]}
        label="ROC curves of three methods"
      />
    ),
  },
  {
    name: 'histogram',
    width: 400,
    height: 200,
    Drawing: () => (
      <Histogram
        {...{ width: 384, height: 184, values: exact, title: '\u0394 logit difference' }}
        line={{ name: 'threshold', value: -0.5 }}
        label="How the effects are spread"
      />
    ),
  },
  {
    name: 'legends',
    width: 480,
    height: 140,
    Drawing: () => (
      <div className="case-stack">
        <Legend
          scale={{ kind: 'signed', limit: 2.8 }}
          title={'\u0394 logit difference'}
          unknown
          significant="p < 0.05"
        />
        <Legend scale={{ kind: 'sequential', low: 0, high: 1 }} title="induction score" />
        <Legend scale={{ kind: 'sequential', low: 0, high: 1 }} title="attention weight, logarithmic" log unknown />
      </div>
    ),
  },
  {
    name: 'progress',
    width: 320,
    height: 110,
    Drawing: () => (
      <div className="case-stack">
        <ProgressBar done={182} total={270} label="Mean ablation" />
        <ProgressBar done={90} total={270} state="paused" label="Paused" />
        <ProgressBar done={40} total={270} state="failed" label="Failed" />
        <ProgressBar done={40} total={null} label="Of unknown length" />
      </div>
    ),
  },
];
