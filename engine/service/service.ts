/** What a compute process answers: the calls of the contract that need the engine's parts. */
import type { ComputeService } from '../results/index.ts';
import { ablateCall } from './calls/ablate.ts';
import { ablateSetsCall } from './calls/ablateSets.ts';
import { attentionMapCall, attentionRowCall, attentionTileCall, attentionWallCall } from './calls/attention.ts';
import { attributeCall } from './calls/attribute.ts';
import { captureCall } from './calls/capture.ts';
import { compositionCall } from './calls/composition.ts';
import { dictionaryKindsCall } from './calls/dictionaryKinds.ts';
import { trainDictionariesCall } from './calls/trainDictionaries.ts';
import { measureDictionariesCall } from './calls/measureDictionaries.ts';
import { dictionaryTableCall } from './calls/dictionaryTable.ts';
import { matchDictionariesCall } from './calls/matchDictionaries.ts';
import { importDictionaryCall } from './calls/importDictionary.ts';
import { exportDictionaryCall } from './calls/exportDictionary.ts';
import { collectFeaturesCall } from './calls/collectFeatures.ts';
import { featureCall } from './calls/feature.ts';
import { encodePromptCall } from './calls/encodePrompt.ts';
import { attributeFeatureCall } from './calls/attributeFeature.ts';
import { editFeatureCall } from './calls/editFeature.ts';
import { circuitMethodsCall } from './calls/circuitMethods.ts';
import { circuitCall } from './calls/circuit.ts';
import { circuitEffectCall } from './calls/circuitEffect.ts';
import { directLogitsCall } from './calls/directLogits.ts';
import { duoCall } from './calls/duo.ts';
import { duoQualityCall } from './calls/duoQuality.ts';
import { effectCall } from './calls/effect.ts';
import { familiesCall } from './calls/families.ts';
import { generateCall } from './calls/generate.ts';
import { headMapCall } from './calls/headMap.ts';
import { infoCall } from './calls/info.ts';
import { lensCall } from './calls/lens.ts';
import { maskCurveCall } from './calls/maskCurve.ts';
import { onnxCall } from './calls/onnx.ts';
import { openCall } from './calls/open.ts';
import { parityCall } from './calls/parity.ts';
import { patchGridCall } from './calls/patchGrid.ts';
import { promptsCall } from './calls/promptPairs.ts';
import { pruneCall } from './calls/prune.ts';
import { pruneCurveCall } from './calls/pruneCurve.ts';
import { importanceCall } from './calls/importance.ts';
import { pruneLegalityCall } from './calls/pruneLegality.ts';
import { prunePlanCall } from './calls/prunePlan.ts';
import { pullCall } from './calls/pull.ts';
import { needlePreviewCall, needlesCall } from './calls/needlePreview.ts';
import { retrieveCall } from './calls/retrieve.ts';
import { runCall } from './calls/run.ts';
import { scoresCall } from './calls/scores.ts';
import { statusCall } from './calls/status.ts';
import { streamingHeadsCall } from './calls/streamingHeads.ts';
import { taskCall, tasksCall } from './calls/task.ts';
import { tokensCall } from './calls/tokens.ts';
import { trainCall } from './calls/train.ts';
import { verifyCall } from './calls/verify.ts';
import { weightScoresCall } from './calls/weightScores.ts';
import { OpenModels } from './openModels.ts';

export interface HostedService {
  readonly service: ComputeService;
  /** Closes the open model, once no call uses it. */
  dispose(): Promise<void>;
}

export function createService(models: OpenModels = new OpenModels()): HostedService {
  const service: ComputeService = {
    info: infoCall(),
    families: familiesCall(),
    open: openCall(models),
    verify: verifyCall(),
    parity: parityCall(models),
    run: runCall(models),
    generate: generateCall(models),
    capture: captureCall(models),
    tasks: tasksCall(),
    task: taskCall(models),
    scores: scoresCall(models),
    retrieve: retrieveCall(models),
    maskCurve: maskCurveCall(models),
    streamingHeads: streamingHeadsCall(models),
    needlePreview: needlePreviewCall(models),
    needles: needlesCall(),
    weightScores: weightScoresCall(models),
    composition: compositionCall(models),
    directLogits: directLogitsCall(models),
    headMap: headMapCall(models),
    ablate: ablateCall(models),
    attribute: attributeCall(models),
    dictionaryKinds: dictionaryKindsCall(),
    trainDictionaries: trainDictionariesCall(models),
    measureDictionaries: measureDictionariesCall(models),
    dictionaryTable: dictionaryTableCall(),
    matchDictionaries: matchDictionariesCall(),
    importDictionary: importDictionaryCall(),
    exportDictionary: exportDictionaryCall(),
    collectFeatures: collectFeaturesCall(models),
    feature: featureCall(models),
    encodePrompt: encodePromptCall(models),
    attributeFeature: attributeFeatureCall(models),
    editFeature: editFeatureCall(models),
    circuitMethods: circuitMethodsCall(),
    circuit: circuitCall(models),
    circuitEffect: circuitEffectCall(models),
    duo: duoCall(models),
    duoQuality: duoQualityCall(models),
    train: trainCall(),
    pull: pullCall(),
    tokens: tokensCall(models),
    prompts: promptsCall(models),
    effect: effectCall(models),
    ablateSets: ablateSetsCall(models),
    patchGrid: patchGridCall(models),
    importance: importanceCall(models),
    pruneLegality: pruneLegalityCall(),
    prunePlan: prunePlanCall(models),
    pruneCurve: pruneCurveCall(models),
    prune: pruneCall(models),
    onnx: onnxCall(),
    lens: lensCall(models),
    attentionWall: attentionWallCall(models),
    attentionMap: attentionMapCall(models),
    attentionTile: attentionTileCall(models),
    attentionRow: attentionRowCall(models),
    status: statusCall(models),
  };
  return { service, dispose: () => models.dispose() };
}
