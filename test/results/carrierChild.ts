/** The other process of the carriers' tests. */
import { serve } from '../../engine/results/index.ts';
import { processPort } from '../../engine/service/transports/processPort.ts';
import { carrierService } from './carrierService.ts';

serve(carrierService(), processPort(process));
