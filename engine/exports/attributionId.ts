/** The id under which estimates stand in heads.json. Imports terms and results only. */
import type { AttributionSettings, AttributionSite } from '../results/attribution.ts';
import type { MeasuredHeader } from '../results/measured.ts';

/** Steps of `integrated` that the id leaves out. */
const USUAL_STEPS = 5;

/**
 * `attribution.METHOD[+OPTION ...][.SITE].METRIC`: an id says all that makes the number another one.
 *
 *     attribution.atp.logitDifference                    at z, the site that is not named
 *     attribution.atp.mlpOut.logitDifference             at another site
 *     attribution.atp+qk+drop.q.logitDifference          AtP*: QK correction (at q and k, where it acts) and GradDrop
 *     attribution.integrated+steps20.logitDifference     with another number of steps than 5
 *     attribution.taylor+token.logitDifference           the absolute value of each token instead of each example
 */
export function attributionId(
  settings: AttributionSettings,
  site: AttributionSite,
  metricId: MeasuredHeader['metricId'],
): string {
  const how = [settings.method, ...optionsOf(settings, site)].join('+');
  return ['attribution', how, ...(site === 'z' ? [] : [site]), metricId].join('.');
}

function optionsOf(
  { qkCorrection, gradDrop, steps, granularity }: AttributionSettings,
  site: AttributionSite,
): readonly string[] {
  return [
    ...(qkCorrection && (site === 'q' || site === 'k') ? ['qk'] : []),
    ...(gradDrop ? ['drop'] : []),
    ...(steps === null || steps === USUAL_STEPS ? [] : [`steps${steps}`]),
    ...(granularity === 'token' ? ['token'] : []),
  ];
}
