/** Activation functions of MLPs, by the names that configs use. */
import type { GraphBuilder } from '../../graph/builder.ts';
import type { Value } from '../../graph/value.ts';

type Activation = (g: GraphBuilder, x: Value) => Value;

// gelu(x) = x Phi(x) = x (1 + erf(x / sqrt 2)) / 2     (Hendrycks and Gimpel 2016)
const gelu: Activation = (g, x) => g.multiply(g.multiply(x, g.add(g.erf(g.divide(x, Math.SQRT2)), 1)), 0.5);

// gelu(x) ~ x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2
const geluTanh: Activation = (g, x) => {
  const cubed = g.multiply(g.power(x, 3), 0.044715);
  const inner = g.multiply(g.add(x, cubed), Math.sqrt(2 / Math.PI));
  return g.multiply(g.multiply(x, 0.5), g.add(g.tanh(inner), 1));
};

// silu(x) = x sigmoid(x)
const silu: Activation = (g, x) => g.multiply(x, g.sigmoid(x));

// quick gelu(x) = x sigmoid(1.702 x)
const quickGelu: Activation = (g, x) => g.multiply(x, g.sigmoid(g.multiply(x, 1.702)));

const relu: Activation = (g, x) => g.relu(x);

// relu2(x) = relu(x)^2     (So et al. 2021)
const reluSquared: Activation = (g, x) => g.power(g.relu(x), 2);

// mish(x) = x tanh(log(1 + e^x)), with log(1 + e^x) = relu(x) + log(1 + e^-|x|)
const mish: Activation = (g, x) => {
  const softplus = g.add(g.relu(x), g.log(g.add(g.exp(g.negate(g.abs(x))), 1)));
  return g.multiply(x, g.tanh(softplus));
};

// solu(x) = x softmax(x)     (Elhage et al. 2022)
const solu: Activation = (g, x) => g.multiply(x, g.softmax(x, 'M'));

export const activations = {
  gelu,
  gelu_python: gelu,
  gelu_new: geluTanh,
  gelu_fast: geluTanh,
  gelu_pytorch_tanh: geluTanh,
  gelu_python_tanh: geluTanh,
  gelu_accurate: geluTanh,
  quick_gelu: quickGelu,
  relu,
  relu2: reluSquared,
  silu,
  swish: silu,
  sigmoid: (g, x) => g.sigmoid(x),
  tanh: (g, x) => g.tanh(x),
  mish,
  linear: (_, x) => x,
  solu,
} as const satisfies Record<string, Activation>;

export type ActivationName = keyof typeof activations;

/** Names that a Hugging Face config may give. */
export const activationNames = Object.keys(activations).filter(isActivation);

function isActivation(name: string): name is ActivationName {
  return Object.hasOwn(activations, name);
}
