/** Gradients of the losses written out by hand, in float64, from the specification's formulas (E.1); slow and obvious. */

/** Row-major [rows columns]. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly at: (i: number, j: number) => number;
}

function matrix(rows: number, columns: number, at: (i: number, j: number) => number): Matrix {
  const data = Float64Array.from({ length: rows * columns }, (_, place) =>
    at(Math.floor(place / columns), place % columns),
  );
  return { rows, columns, at: (i, j) => data[i * columns + j] as number };
}

export function read(data: ArrayLike<number>, rows: number, columns: number): Matrix {
  return matrix(rows, columns, (i, j) => data[i * columns + j] as number);
}

function values({ rows, columns, at }: Matrix): number[] {
  return Array.from({ length: rows * columns }, (_, place) => at(Math.floor(place / columns), place % columns));
}

const range = (count: number) => Array.from({ length: count }, (_, i) => i);
const total = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);

function times(a: Matrix, b: Matrix): Matrix {
  return matrix(a.rows, b.columns, (i, j) => total(range(a.columns).map((k) => a.at(i, k) * b.at(k, j))));
}

function transposed(a: Matrix): Matrix {
  return matrix(a.columns, a.rows, (i, j) => a.at(j, i));
}

function zip(a: Matrix, b: Matrix, f: (x: number, y: number, i: number, j: number) => number): Matrix {
  return matrix(a.rows, a.columns, (i, j) => f(a.at(i, j), b.at(i, j), i, j));
}

function map(a: Matrix, f: (x: number, i: number, j: number) => number): Matrix {
  return matrix(a.rows, a.columns, (i, j) => f(a.at(i, j), i, j));
}

/** Sums over the rows. */
function columnSums(a: Matrix): number[] {
  return range(a.columns).map((j) => total(range(a.rows).map((i) => a.at(i, j))));
}

export function dot(a: readonly number[], b: readonly number[]): number {
  return total(a.map((value, i) => value * (b[i] as number)));
}

function row(a: Matrix, i: number): number[] {
  return range(a.columns).map((j) => a.at(i, j));
}

export type Gradients = Readonly<Record<string, readonly number[]>>;

/** Weights and batch of one evaluation. */
export interface Point {
  readonly x: Matrix;
  readonly weight: (name: string) => Float64Array;
  readonly width: number;
  readonly features: number;
  readonly lambda: number;
}

interface Plain {
  readonly c: Matrix;
  readonly p: Matrix;
  readonly encoder: Matrix;
  readonly decoder: Matrix;
}

function plain({ x, weight, width, features }: Point): Plain {
  const [bias, shift] = [weight('b_dec'), weight('b_enc')];
  const c = map(x, (value, _, j) => value - (bias[j] as number));
  const encoder = read(weight('W_enc'), width, features);
  const p = map(times(c, encoder), (value, _, i) => value + (shift[i] as number));
  return { c, p, encoder, decoder: read(weight('W_dec'), features, width) };
}

/** g_y = 2 (x^ - x) / B, x^ = f W_dec + b_dec */
function outputGradient({ x, weight }: Point, f: Matrix, decoder: Matrix): Matrix {
  const bias = weight('b_dec');
  return zip(times(f, decoder), x, (y, value, _, j) => (2 * (y + (bias[j] as number) - value)) / x.rows);
}

/** Where only p and the decoder carry gradient: from g_p, g_y and what else reaches W_dec. */
function throughEncoder({ c, encoder }: Plain, gp: Matrix, gy: Matrix, f: Matrix, extra?: Matrix): Gradients {
  const byDecoder = times(transposed(f), gy);
  const throughInput = columnSums(times(gp, transposed(encoder)));
  return {
    W_enc: values(times(transposed(c), gp)),
    b_enc: columnSums(gp),
    W_dec: values(extra === undefined ? byDecoder : zip(byDecoder, extra, (a, b) => a + b)),
    b_dec: columnSums(gy).map((value, j) => value - (throughInput[j] as number)),
  };
}

/** Row norms n_i; g_f = g_y W_dec^T + (lambda / B) n; g_p = g_f [p > 0]; on W_dec also (lambda / B)(sum_b f_i / n_i) d_i. */
export function standardGradients(point: Point): Gradients {
  const parts = plain(point);
  const { p, decoder } = parts;
  const rows = point.x.rows;
  const f = map(p, (value) => Math.max(value, 0));
  const norms = range(point.features).map((i) => Math.hypot(...row(decoder, i)));
  const gy = outputGradient(point, f, decoder);
  const gf = map(times(gy, transposed(decoder)), (value, _, i) => value + (point.lambda / rows) * (norms[i] as number));
  const gp = zip(gf, p, (value, at) => (at > 0 ? value : 0));
  const sums = columnSums(f);
  const extra = map(
    decoder,
    (value, i) => ((point.lambda / rows) * (sums[i] as number) * value) / (norms[i] as number),
  );
  return throughEncoder(parts, gp, gy, f, extra);
}

/** The places of the `count` largest entries of a list. */
function largest(list: readonly number[], count: number): ReadonlySet<number> {
  return new Set(
    range(list.length)
      .sort((a, b) => (list[b] as number) - (list[a] as number))
      .slice(0, count),
  );
}

/** Each row's k largest, or the batch's. */
function selection(p: Matrix, count: number, over: 'sample' | 'batch'): Matrix {
  if (over === 'batch') {
    const chosen = largest(values(p), count);
    return map(p, (_, i, j) => Number(chosen.has(i * p.columns + j)));
  }
  const chosen = range(p.rows).map((i) => largest(row(p, i), count));
  return map(p, (_, i, j) => Number(chosen[i]?.has(j)));
}

/** g_p = (g_y W_dec^T) M [p > 0] */
export function selectedGradients(point: Point, count: number, over: 'sample' | 'batch'): Gradients {
  const parts = plain(point);
  const mask = zip(selection(parts.p, count, over), parts.p, (chosen, value) => (value > 0 ? chosen : 0));
  const f = zip(parts.p, mask, (value, chosen) => value * chosen);
  const gy = outputGradient(point, f, parts.decoder);
  const gp = zip(times(gy, transposed(parts.decoder)), mask, (value, chosen) => value * chosen);
  return throughEncoder(parts, gp, gy, f);
}

/** What AuxK adds to the gradients of W_enc, b_enc, W_dec and b_dec: g_a = 2 alpha (f_a W_dec - e) / (B den), e = x - x^ held. */
export function auxKGradients(
  point: Point,
  k: number,
  { dead, count, alpha }: { readonly dead: ReadonlySet<number>; readonly count: number; readonly alpha: number },
): Gradients {
  const parts = plain(point);
  const { p, decoder } = parts;
  const { rows } = point.x;
  const f = zip(p, selection(p, k, 'sample'), (value, chosen) => Math.max(value, 0) * chosen);
  const e = map(outputGradient(point, f, decoder), (value) => (-value * rows) / 2);
  const among = selection(
    map(p, (value, _, i) => (dead.has(i) ? value : -Infinity)),
    count,
    'sample',
  );
  const mask = zip(among, p, (chosen, value, _, i) => (value > 0 && dead.has(i) ? chosen : 0));
  const fa = zip(p, mask, (value, chosen) => value * chosen);
  const centre = columnSums(e).map((value) => value / rows);
  const den = total(values(map(e, (value, _, j) => (value - (centre[j] as number)) ** 2))) / rows;
  const ga = zip(times(fa, decoder), e, (value, target) => (2 * alpha * (value - target)) / (rows * den));
  const gp = zip(times(ga, transposed(decoder)), mask, (value, chosen) => value * chosen);
  const added = throughEncoder(parts, gp, ga, fa);
  // It has no part in the output's bias: b_dec only moves p.
  const throughOutput = columnSums(ga);
  return { ...added, b_dec: (added['b_dec'] ?? []).map((value, j) => value - (throughOutput[j] as number)) };
}

/** g_m = (g_y W_dec^T) g [m > 0]; g_a = 2 (max(pi, 0) W_dec0 + b_dec0 - x) / B; g_pi = (g_a W_dec0^T + lambda / B) [pi > 0]; g_u = g_m e^r + g_pi. */
export function gatedGradients(point: Point): Gradients {
  const { x, weight, width, features, lambda } = point;
  const [bias, gate, magnitude, r] = [weight('b_dec'), weight('b_gate'), weight('b_mag'), weight('r_mag')];
  const encoder = read(weight('W_enc'), width, features);
  const decoder = read(weight('W_dec'), features, width);
  const c = map(x, (value, _, j) => value - (bias[j] as number));
  const u = times(c, encoder);
  const pi = map(u, (value, _, i) => value + (gate[i] as number));
  const m = map(u, (value, _, i) => value * Math.exp(r[i] as number) + (magnitude[i] as number));
  const f = zip(m, pi, (value, open) => (open > 0 ? Math.max(value, 0) : 0));
  const gy = outputGradient(point, f, decoder);
  const gm = zip(times(gy, transposed(decoder)), f, (value, active) => (active > 0 ? value : 0));
  const open = map(pi, (value) => Math.max(value, 0));
  const ga = outputGradient(point, open, decoder);
  const gpi = zip(times(ga, transposed(decoder)), pi, (value, at) => (at > 0 ? value + lambda / x.rows : 0));
  const gu = zip(gm, gpi, (a, b, _, i) => a * Math.exp(r[i] as number) + b);
  const throughInput = columnSums(times(gu, transposed(encoder)));
  return {
    W_enc: values(times(transposed(c), gu)),
    b_gate: columnSums(gpi),
    b_mag: columnSums(gm),
    r_mag: columnSums(zip(gm, u, (a, b, _, i) => a * b * Math.exp(r[i] as number))),
    W_dec: values(times(transposed(f), gy)),
    b_dec: columnSums(gy).map((value, j) => value - (throughInput[j] as number)),
  };
}

/**
 * K = [|p - theta| <= eps / 2]; g_p = g_f [p > theta];
 * dtheta_i = sum_b [-g_f (theta / eps) K] + s sum_b [-(1 / eps) K], s = lambda / B or 2 lambda (L0 / L0* - 1) / (L0* B).
 */
export function jumpGradients(point: Point, bandwidth: number, target: number): Gradients {
  const parts = plain(point);
  const { p, decoder } = parts;
  const { rows } = point.x;
  const theta = [...point.weight('log_threshold')].map(Math.exp);
  const active = map(p, (value, _, i) => Number(value > (theta[i] as number)));
  const f = zip(p, active, (value, on) => value * on);
  const gy = outputGradient(point, f, decoder);
  const gf = times(gy, transposed(decoder));
  const epsilon = theta.map((height) => (bandwidth > 0 ? bandwidth : height));
  const window = map(p, (value, _, i) => Number(Math.abs(value - (theta[i] as number)) <= (epsilon[i] as number) / 2));
  const l0 = total(values(active)) / rows;
  const s = target === 0 ? point.lambda / rows : (2 * point.lambda * (l0 / target - 1)) / (target * rows);
  const slope = zip(gf, window, (g, on, _, i) => -(g * (theta[i] as number) + s) * (on / (epsilon[i] as number)));
  return {
    ...throughEncoder(
      parts,
      zip(gf, active, (g, on) => g * on),
      gy,
      f,
    ),
    log_threshold: columnSums(slope).map((value, i) => value * (theta[i] as number)),
  };
}

/** S_m = sum over m' >= m of 2 w (y_m' - x) / B; dW_dec[block m] = f_block^T S_m; g_f[block m] = S_m W_dec[block m]^T. */
export function matryoshkaGradients(point: Point, count: number, ends: readonly number[]): Gradients {
  const parts = plain(point);
  const { p, decoder, c, encoder } = parts;
  const { rows } = point.x;
  const mask = zip(selection(p, count, 'batch'), p, (chosen, value) => (value > 0 ? chosen : 0));
  const f = zip(p, mask, (value, chosen) => value * chosen);
  const slopes = ends.map((end) =>
    map(
      outputGradient(
        point,
        map(f, (value, _, i) => (i < end ? value : 0)),
        decoder,
      ),
      (value) => value / ends.length,
    ),
  );
  const blockOf = (feature: number) => ends.findIndex((end) => feature < end);
  const s = (m: number, b: number, j: number) => total(slopes.slice(m).map((slope) => slope.at(b, j)));
  const gp = map(p, (_, b, i) => {
    const m = blockOf(i);
    return mask.at(b, i) * total(range(point.width).map((j) => s(m, b, j) * decoder.at(i, j)));
  });
  const throughInput = columnSums(times(gp, transposed(encoder)));
  return {
    W_enc: values(times(transposed(c), gp)),
    b_enc: columnSums(gp),
    W_dec: values(map(decoder, (_, i, j) => total(range(rows).map((b) => f.at(b, i) * s(blockOf(i), b, j))))),
    b_dec: range(point.width).map((j) => total(range(rows).map((b) => s(0, b, j))) - (throughInput[j] as number)),
  };
}

/**
 * Start g = 2 r_T / B, rr = r_T. For t = T .. 1: d = d_j; rr <- rr + c_t d; h = -(d . g)[c_t > 0]; dd += -c_t g + h rr; g <- g + h d.
 * End: db_dec -= sum_b g. With held codes: dd += -2 c_t r_T / B.
 */
export function pursuitGradients(point: Point, steps: number, holdsCodes: boolean): Gradients {
  const { x, width, features } = point;
  const bias = point.weight('b_dec');
  const decoder = read(point.weight('W_dec'), features, width);
  const gradient = new Float64Array(features * width);
  const ofBias = new Float64Array(width);
  for (const b of range(x.rows)) {
    let r = row(x, b).map((value, j) => value - (bias[j] as number));
    const picks = range(steps).map(() => {
      const scores = range(features).map((i) => dot(r, row(decoder, i)));
      const feature = scores.indexOf(Math.max(...scores));
      const code = Math.max(scores[feature] as number, 0);
      r = r.map((value, j) => value - code * decoder.at(feature, j));
      return { feature, code };
    });
    let [g, rr] = [r.map((value) => (2 * value) / x.rows), r];
    for (const { feature, code } of picks.toReversed()) {
      const d = row(decoder, feature);
      rr = rr.map((value, j) => value + code * (d[j] as number));
      const h = holdsCodes || code <= 0 ? 0 : -dot(d, g);
      for (const j of range(width)) {
        const place = feature * width + j;
        gradient[place] = (gradient[place] as number) - code * (g[j] as number) + h * (rr[j] as number);
      }
      g = g.map((value, j) => value + h * (d[j] as number));
    }
    g.forEach((value, j) => (ofBias[j] = (ofBias[j] as number) - value));
  }
  return { W_dec: [...gradient], b_dec: [...ofBias] };
}
