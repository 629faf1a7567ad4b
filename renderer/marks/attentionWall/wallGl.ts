/** The wall in WebGL2: all thumbnails in one texture, colours looked up in the shader, one triangle a frame. */
import type { ColourTable } from '../colour.ts';
import type { WallAtlas } from './attentionWall.tsx';
import type { WallLayout } from './wallLayout.ts';
import { gammaTable } from './wallPixels.ts';

export interface WallGl {
  /** Uploads the thumbnails that have come since the last call and draws all. */
  readonly draw: (layout: WallLayout, atlas: WallAtlas, table: ColourTable, gamma: number, ratio: number) => void;
  readonly free: () => void;
}

const vertexShader = `#version 300 es
void main() {
  // One triangle that covers the screen.
  gl_Position = vec4(vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4.0 - 1.0, 0.0, 1.0);
}`;

const fragmentShader = `#version 300 es
precision highp float;
precision highp int;
uniform highp sampler2D atlas;
uniform highp sampler2D colours;
uniform vec4 place;   // x, y, pitch, gap in device pixels
uniform ivec4 counts; // layers, heads, cells, thumbnails in a row of the atlas
uniform float height;
out vec4 colour;

void main() {
  vec2 at = vec2(gl_FragCoord.x, height - gl_FragCoord.y) - place.xy;
  ivec2 cell = ivec2(floor(at / place.z));
  vec2 inner = at - vec2(cell) * place.z;
  float side = place.z - place.w;
  if (cell.x < 0 || cell.y < 0 || cell.x >= counts.x || cell.y >= counts.y) discard;
  if (inner.x >= side || inner.y >= side) discard;
  int index = cell.x * counts.y + cell.y;
  ivec2 corner = ivec2(index % counts.w, index / counts.w) * counts.z;
  // The largest of the cells under this pixel.
  ivec2 from = ivec2(floor(floor(inner) * float(counts.z) / side));
  ivec2 to = max(from + 1, ivec2(floor((floor(inner) + 1.0) * float(counts.z) / side)));
  float most = 0.0;
  for (int y = from.y; y < min(to.y, counts.z); y++)
    for (int x = from.x; x < min(to.x, counts.z); x++) most = max(most, texelFetch(atlas, corner + ivec2(x, y), 0).r);
  vec4 found = texelFetch(colours, ivec2(int(most * 255.0 + 0.5), 0), 0);
  colour = found;
}`;

/** Null where the browser has no WebGL2, or its textures are too small for this atlas. */
export function createWallGl(canvas: HTMLCanvasElement, heads: number, cells: number): WallGl | null {
  const gl = canvas.getContext('webgl2', { antialias: false, preserveDrawingBuffer: true });
  if (gl === null) return null;
  const perRow = Math.ceil(Math.sqrt(heads));
  const side = perRow * cells;
  const program = side <= Number(gl.getParameter(gl.MAX_TEXTURE_SIZE)) ? linkProgram(gl) : null;
  if (program === null) return null;
  const atlasTexture = texture(gl, 0);
  gl.texStorage2D(gl.TEXTURE_2D, 1, gl.R8, side, side);
  const colourTexture = texture(gl, 1);
  const uploaded = new Uint8Array(heads);
  const uniform = (name: string) => gl.getUniformLocation(program, name);
  gl.useProgram(program);
  gl.uniform1i(uniform('atlas'), 0);
  gl.uniform1i(uniform('colours'), 1);
  return {
    draw: (layout, atlas, table, gamma, ratio) => {
      gl.viewport(0, 0, canvas.width, canvas.height);
      gl.clearColor(0, 0, 0, 0);
      gl.clear(gl.COLOR_BUFFER_BIT);
      uploadColours(gl, table, gamma);
      uploadNew(gl, atlas, uploaded, perRow);
      const { shape, x, y, pitch, gap } = layout;
      gl.uniform4f(uniform('place'), x * ratio, y * ratio, pitch * ratio, gap * ratio);
      gl.uniform4i(uniform('counts'), shape.layers, shape.heads, cells, perRow);
      gl.uniform1f(uniform('height'), canvas.height);
      drawReady(gl, layout, atlas, ratio, canvas.height);
    },
    free: () => {
      gl.deleteTexture(atlasTexture);
      gl.deleteTexture(colourTexture);
      gl.deleteProgram(program);
    },
  };
}

function linkProgram(gl: WebGL2RenderingContext): WebGLProgram | null {
  const program = gl.createProgram();
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, vertexShader],
    [gl.FRAGMENT_SHADER, fragmentShader],
  ] as const) {
    const shader = gl.createShader(kind);
    if (shader === null) return null;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  return gl.getProgramParameter(program, gl.LINK_STATUS) === true ? program : null;
}

function texture(gl: WebGL2RenderingContext, unit: number): WebGLTexture {
  const made = gl.createTexture();
  gl.activeTexture(gl.TEXTURE0 + unit);
  gl.bindTexture(gl.TEXTURE_2D, made);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  return made;
}

function uploadColours(gl: WebGL2RenderingContext, { rgba }: ColourTable, gamma: number): void {
  const bytes = new Uint8Array(256 * 4);
  for (const [i, step] of gammaTable(gamma).entries()) bytes.set(rgba.subarray(step * 4, step * 4 + 4), i * 4);
  gl.activeTexture(gl.TEXTURE1);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
}

function uploadNew(gl: WebGL2RenderingContext, atlas: WallAtlas, uploaded: Uint8Array, perRow: number): void {
  const { cells, data, ready } = atlas;
  gl.activeTexture(gl.TEXTURE0);
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
  for (let head = 0; head < uploaded.length; head++) {
    if (ready[head] !== 1 || uploaded[head] === 1) continue;
    uploaded[head] = 1;
    const [x, y] = [(head % perRow) * cells, Math.floor(head / perRow) * cells];
    const bytes = data.subarray(head * cells * cells, (head + 1) * cells * cells);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, x, y, cells, cells, gl.RED, gl.UNSIGNED_BYTE, bytes);
  }
}

/** Heads that are not there yet stay empty: only layers with a thumbnail are drawn, by scissors, head by head where some lack. */
function drawReady(
  gl: WebGL2RenderingContext,
  layout: WallLayout,
  { ready }: WallAtlas,
  ratio: number,
  height: number,
): void {
  if (ready.every((one) => one === 1)) {
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    return;
  }
  const { shape, x, y, pitch } = layout;
  gl.enable(gl.SCISSOR_TEST);
  const side = Math.ceil(pitch * ratio);
  for (let head = 0; head < ready.length; head++) {
    if (ready[head] !== 1) continue;
    const left = Math.round((x + Math.floor(head / shape.heads) * pitch) * ratio);
    const top = Math.round((y + (head % shape.heads) * pitch) * ratio);
    gl.scissor(left, height - top - side, side, side);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }
  gl.disable(gl.SCISSOR_TEST);
}
