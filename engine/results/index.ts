/** The contract and what is derived from it. Imports terms only. */
export type {
  Answer,
  CallName,
  CallOptions,
  Client,
  ComputeCall,
  ComputeService,
  ControlCall,
  ControlService,
  EventOf,
  RequestOf,
  ResultOf,
  Service,
  StreamName,
} from './contract.ts';
export { contract, controlCalls } from './contract.ts';
export { connect, drain } from './connect.ts';
export { serve } from './serve.ts';
export { pair } from './pair.ts';
export { Cancelled, Defect, isAbort } from './errors.ts';
