/** Cases of random shapes for the contract suite: axes, their order, their lengths, and which are missing, 1 or dynamic are drawn. */
import type { GraphBuilder, Sizes } from '../../engine/graph/builder.ts';
import type { PrimitiveName } from '../../engine/graph/primitives.ts';
import type { Value } from '../../engine/graph/value.ts';
import type { Random } from '../../engine/tensor/random.ts';
import type { Axis } from '../../engine/terms/axes.ts';
import type { Case, Operand } from './cases.ts';
import { floats, ids, make, positive, small } from './cases.ts';

type Draw = (random: Random) => Case;

interface Length {
  readonly axis: Axis;
  readonly size: number;
}

const chance = (random: Random, probability: number) => random.next() < probability;
const between = (random: Random, low: number, high: number) => low + random.below(high - low + 1);

function lengths(random: Random, axes: readonly Axis[]): Length[] {
  return axes.map((axis) => ({ axis, size: between(random, 1, 4) }));
}

const fixed = ({ axis, size }: Length) => `${axis}${size}`;
const dynamic = ({ axis, size }: Length) => `${axis}?${size}`;
const either = (random: Random) => (length: Length) => (chance(random, 0.5) ? fixed(length) : dynamic(length));

/** Some of the axes in some order, each of its own length or 1, fixed or dynamic. */
function stretching(random: Random, all: readonly Length[]): string {
  const some = random.shuffled(all).filter(() => chance(random, 0.7));
  return some.map(({ axis, size }) => either(random)({ axis, size: chance(random, 0.3) ? 1 : size })).join(' ');
}

/** All of the axes in some order, fixed or dynamic. */
function whole(random: Random, all: readonly Length[]): string {
  return random.shuffled(all).map(either(random)).join(' ');
}

type Arithmetic = 'add' | 'subtract' | 'multiply' | 'divide' | 'maximum' | 'minimum';
const binary =
  (name: Arithmetic, second: (axes: string) => Operand = floats): Draw =>
  (random) => {
    const all = lengths(random, ['B', 'P', 'N', 'D']);
    return make([floats(stretching(random, all)), second(stretching(random, all))], (g, [a, b]) => g[name](a, b));
  };

const compare =
  (name: 'less' | 'equal'): Draw =>
  (random) => {
    const all = lengths(random, ['B', 'P', 'N', 'D']);
    const operands = [small(stretching(random, all)), small(stretching(random, all))];
    return make(operands, (g, [a, b]) => g.toFloat(g[name](a, b)));
  };

const unary =
  (build: (g: GraphBuilder, x: Value) => Value, operand: (axes: string) => Operand = floats): Draw =>
  (random) =>
    make([operand(stretching(random, lengths(random, ['B', 'P', 'N', 'D'])))], (g, [x]) => build(g, x));

const reduction =
  (name: 'sum' | 'mean' | 'max'): Draw =>
  (random) => {
    const all = lengths(random, ['B', 'P', 'N', 'D']);
    const over = random.shuffled(all).slice(0, between(random, 1, 4));
    return make([floats(whole(random, all))], (g, [x]) => g[name](x, over.map(({ axis }) => axis).join(' ')));
  };

const largest: Draw = (random) => {
  const all = lengths(random, ['B', 'P', 'N', 'D']);
  const over = random.shuffled(all).slice(0, between(random, 1, 3));
  const operand = chance(random, 0.5) ? floats : small;
  const names = over.map(({ axis }) => axis).join(' ');
  const count = between(random, 1, 6);
  return make([operand(whole(random, all))], (g, [x]) => g.toFloat(g.largest(x, names, count)));
};

const argMax: Draw = (random) => {
  const all = lengths(random, ['B', 'P', 'N', 'D']);
  const operand = chance(random, 0.5) ? floats : small;
  const { axis } = random.pick(all);
  return make([operand(whole(random, all))], (g, [x]) => g.toFloat(g.argMax(x, axis)));
};

const normaliser =
  (name: 'softmax' | 'logSoftmax'): Draw =>
  (random) => {
    const all = lengths(random, ['B', 'N', 'P', 'K']);
    const { axis } = random.pick(all);
    return make([floats(whole(random, all))], (g, [x]) => g[name](x, axis));
  };

/** Each axis is summed over, free in one operand, or shared (and then may be 1 in one of them). */
const contract: Draw = (random) => {
  const roles = ['sum', 'left', 'right', 'shared', 'none'] as const;
  const drawn = lengths(random, ['B', 'P', 'N', 'H', 'D']).map((length) => ({ length, role: random.pick(roles) }));
  const operand = (own: 'left' | 'right') =>
    drawn
      .filter(({ role }) => role === own || role === 'sum' || role === 'shared')
      .map(({ length, role }) => (role === 'shared' && chance(random, 0.2) ? { ...length, size: 1 } : length));
  const free = drawn.filter(({ role }) => role !== 'sum' && role !== 'none').map(({ length }) => length.axis);
  const isWeight = chance(random, 0.4);
  const right = isWeight
    ? floats(random.shuffled(operand('right')).map(fixed).join(' '), 'parameter')
    : floats(whole(random, operand('right')));
  const axes = random.shuffled(free).join(' ');
  return make([floats(whole(random, operand('left'))), right], (g, [a, b]) => g.contract(a, b, axes));
};

/** An axis of fixed size among random others. */
function among(random: Random, axis: Axis, size: number, others: readonly Length[]): string {
  return random.shuffled([fixed({ axis, size }), ...others.map(either(random))]).join(' ');
}

const gather: Draw = (random) => {
  const size = between(random, 1, 5);
  const columns = random.shuffled(lengths(random, ['N', 'D'])).slice(0, between(random, 0, 2));
  const table = [fixed({ axis: 'V', size }), ...columns.map(fixed)].join(' ');
  const rows = random.shuffled(lengths(random, ['B', 'P'])).slice(0, between(random, 0, 2));
  const as = chance(random, 0.5) ? 'parameter' : 'input';
  return make([floats(table, as), ids(whole(random, rows), size)], (g, [x, i]) => g.gather(x, i, 'V'));
};

const pick: Draw = (random) => {
  const size = between(random, 1, 5);
  const others = lengths(random, ['B', 'P', 'N']).slice(0, between(random, 0, 3));
  const operands = [floats(among(random, 'V', size, others)), ids(whole(random, others), size)];
  return make(operands, (g, [x, i]) => g.pick(x, i, 'V'));
};

const scatterRows: Draw = (random) => {
  const size = between(random, 1, 5);
  const rows = lengths(random, ['B', 'P']).slice(0, between(random, 1, 2));
  const columns = lengths(random, ['N', 'D']).slice(0, between(random, 0, 2));
  const operands = [ids(whole(random, rows), size), floats(whole(random, [...rows, ...columns]))];
  return make(operands, (g, [i, x]) => g.scatterRows(i, x, 'V', size));
};

const split: Draw = (random) => {
  const [n, h] = [between(random, 1, 3), between(random, 1, 3)];
  const [place, others] = [between(random, 0, 2), lengths(random, ['B', 'P']).map(either(random))];
  const isDynamic = chance(random, 0.5);
  const cut = (isDynamic ? dynamic : fixed)({ axis: 'M', size: n * h });
  const known: Sizes = !isDynamic ? { N: n, H: h } : chance(random, 0.5) ? { N: n } : { H: h };
  const axes = [...others.slice(0, place), cut, ...others.slice(place)].join(' ');
  return make([floats(axes)], (g, [x]) => g.split(x, 'M', 'N H', known));
};

const merge: Draw = (random) => {
  const [place, others] = [between(random, 0, 2), lengths(random, ['B', 'P']).map(either(random))];
  const [first, ...rest] = lengths(random, ['N', 'G', 'H']);
  const joined = random.shuffled([either(random)(first as Length), ...rest.map(fixed)]);
  const axes = [...others.slice(0, place), ...joined, ...others.slice(place)].join(' ');
  const names = joined.map((part) => part[0]).join(' ');
  return make([floats(axes)], (g, [x]) => g.merge(x, names, 'M'));
};

const transpose: Draw = (random) => {
  const all = lengths(random, ['B', 'P', 'N', 'D']);
  const order = random.shuffled(all).map(({ axis }) => axis);
  return make([floats(whole(random, all))], (g, [x]) => g.transpose(x, order.join(' ')));
};

const slice: Draw = (random) => {
  const size = between(random, 1, 6);
  const from = random.below(size);
  const to = between(random, from + 1, size);
  const axes = among(random, 'D', size, lengths(random, ['B', 'P']));
  return make([floats(axes)], (g, [x]) => g.slice(x, 'D', from, to));
};

const pad: Draw = (random) => {
  const [before, after] = [random.below(3), random.below(3)];
  const axes = among(random, 'D', between(random, 1, 4), lengths(random, ['B', 'P']));
  return make([floats(axes)], (g, [x]) => g.pad(x, 'D', before, after));
};

/** Two or three operands that differ in the length of K (0 is a length too where it is dynamic) and in the order of axes. */
function pieces(random: Random): { readonly operands: readonly string[]; readonly joined: string } {
  const others = lengths(random, ['B', 'H']);
  const sizes = Array.from({ length: between(random, 2, 3) }, () => random.below(4));
  const piece = (size: number) => {
    const along = size === 0 ? `K?0` : either(random)({ axis: 'K', size });
    return random.shuffled([along, ...others.map(either(random))]).join(' ');
  };
  const total = Math.max(
    1,
    sizes.reduce((a, b) => a + b, 0),
  );
  const [first = 0, ...rest] = sizes;
  const lengthened = [first + total - sizes.reduce((a, b) => a + b, 0), ...rest];
  return { operands: lengthened.map(piece), joined: whole(random, [{ axis: 'K', size: total }, ...others]) };
}

const concat: Draw = (random) => {
  const { operands } = pieces(random);
  return { operands: operands.map((axes) => floats(axes)), build: (g, values) => g.concat(values, 'K') };
};

const part: Draw = (random) => {
  const { operands, joined } = pieces(random);
  const index = random.below(operands.length);
  return {
    operands: [joined, ...operands].map((axes) => floats(axes)),
    build: (g, [x, ...others]) => g.part(x as Value, others, 'K', index),
  };
};

const squeeze: Draw = (random) => {
  const one = either(random)({ axis: 'N', size: 1 });
  const axes = random.shuffled([one, ...lengths(random, ['B', 'D']).map(either(random))]).join(' ');
  return make([floats(axes)], (g, [x]) => g.squeeze(x, 'N'));
};

const rotary: Draw = (random) => {
  const [half, rest, interleaved] = [between(random, 1, 3), random.below(3), chance(random, 0.5)];
  const outer = random.shuffled(lengths(random, ['B', 'P', 'N'])).slice(0, between(random, 0, 3));
  const turning = among(random, 'H', 2 * half + rest, outer);
  const angles = () =>
    among(
      random,
      'J',
      half,
      outer.filter(() => chance(random, 0.6)),
    );
  return make([floats(turning), floats(angles()), floats(angles())], (g, [x, c, s]) => g.rotary(x, c, s, interleaved));
};

export const randomCases: { readonly [P in PrimitiveName]: Draw } = {
  add: binary('add'),
  subtract: binary('subtract'),
  multiply: binary('multiply'),
  divide: binary('divide', positive),
  maximum: binary('maximum'),
  minimum: binary('minimum'),
  less: compare('less'),
  equal: compare('equal'),
  where: (random) => {
    const all = lengths(random, ['B', 'P', 'N', 'D']);
    const operands = [small, floats, floats].map((operand) => operand(stretching(random, all)));
    return make(operands, (g, [c, a, b]) => g.where(g.less(c, 0), a, b));
  },
  negate: unary((g, x) => g.negate(x)),
  exp: unary((g, x) => g.exp(x)),
  log: unary((g, x) => g.log(x), positive),
  sqrt: unary((g, x) => g.sqrt(x), positive),
  tanh: unary((g, x) => g.tanh(x)),
  erf: unary((g, x) => g.erf(x)),
  sigmoid: unary((g, x) => g.sigmoid(x)),
  relu: unary((g, x) => g.relu(x)),
  abs: unary((g, x) => g.abs(x)),
  sin: unary((g, x) => g.sin(x)),
  cos: unary((g, x) => g.cos(x)),
  power: (random) => {
    const exponent = 4 * random.next() - 2;
    return unary((g, x) => g.power(x, exponent), positive)(random);
  },
  toFloat: unary(
    (g, x) => g.toFloat(x),
    (axes) => ids(axes, 9),
  ),
  stopGradient: unary((g, x) => g.stopGradient(x)),
  step: (random) => {
    const slope = chance(random, 0.5) ? 'straightThrough' : { rectangleWidth: 0.2 + random.next() };
    return unary((g, x) => g.step(x, slope))(random);
  },
  contract,
  sum: reduction('sum'),
  mean: reduction('mean'),
  max: reduction('max'),
  softmax: normaliser('softmax'),
  logSoftmax: normaliser('logSoftmax'),
  largest,
  argMax,
  gather,
  pick,
  scatterRows,
  oneHot: (random) => {
    const [size, axes] = [between(random, 1, 4), whole(random, lengths(random, ['B', 'P']))];
    return make([ids(axes, size + 1)], (g, [i]) => g.oneHot(i, 'V', size));
  },
  transpose,
  split,
  merge,
  rename: (random) =>
    make([floats(whole(random, lengths(random, ['B', 'P', 'D'])))], (g, [x]) => g.rename(x, 'P', 'K')),
  slice,
  pad,
  concat,
  part,
  squeeze,
  unsqueeze: (random) => make([floats(whole(random, lengths(random, ['B', 'D'])))], (g, [x]) => g.unsqueeze(x, 'N')),
  broadcastLike: (random) => {
    const all = lengths(random, ['B', 'P', 'D']);
    const operands = [floats(stretching(random, all)), floats(whole(random, all))];
    return make(operands, (g, [x, like]) => g.broadcastLike(x, like));
  },
  reduceLike: (random) => {
    const all = lengths(random, ['B', 'P', 'D']);
    const operands = [floats(whole(random, all)), floats(stretching(random, all))];
    return make(operands, (g, [x, like]) => g.reduceLike(x, like));
  },
  rotary,
};
