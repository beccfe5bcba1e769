import type { Route } from '../http/route.ts';
import { auditRoutes } from './audits.ts';
import { changeBatch } from './change-batch.ts';
import { changeSku } from './change-sku.ts';
import type { RouteContext } from './context.ts';
import { controlBatch } from './control-batch.ts';
import { deleteBatch } from './delete-batch.ts';
import { exportBatchRoute } from './export-batch.ts';
import { exportFailedRoute } from './export-failed.ts';
import { feedRoutes } from './feeds.ts';
import { findSkuRoute } from './find-sku.ts';
import { fleetRoutes } from './fleet.ts';
import { getBatch } from './get-batch.ts';
import { getSku } from './get-sku.ts';
import { imagesZip } from './images-zip.ts';
import { listBatches } from './list-batches.ts';
import { listCodes } from './list-codes.ts';
import { listExports } from './list-exports.ts';
import { listSkus } from './list-skus.ts';
import { manifestRoutes } from './manifest.ts';
import { listModels } from './models.ts';
import { openBoard } from './open-board.ts';
import { originalJobs } from './original-jobs.ts';
import { photoRoutes } from './photos.ts';
import { previewBatch } from './preview-batch.ts';
import { quoteBatchRoute } from './quote-batch.ts';
import { readProductsRoute } from './read-products.ts';
import { remarkRoutes } from './remark-batch.ts';
import { retryBatch } from './retry-batch.ts';
import { reviewBatch } from './review-batch.ts';
import { reviewSku } from './review-sku.ts';
import { sampleRoutes } from './sample.ts';
import { submitBatch } from './submit-batch.ts';
import { summarizeBatch } from './summarize-batch.ts';
import { webhookSecretRoutes } from './webhook-secret.ts';
import { webhookRoutes } from './webhooks.ts';
import { whoAmI } from './who-am-i.ts';

/** Every route of `/api/v1`, in the order of the documentation. */
export function routeTable(context: RouteContext): Route[] {
  return [
    submitBatch(context),
    quoteBatchRoute(context),
    previewBatch(context),
    listBatches(context),
    getBatch(context),
    summarizeBatch(context),
    changeBatch(context),
    ...sampleRoutes(context),
    ...controlBatch(context),
    retryBatch(context),
    reviewBatch(context),
    deleteBatch(context),
    listSkus(context),
    listCodes(context),
    getSku(context),
    findSkuRoute(context),
    changeSku(context),
    ...webhookRoutes(context),
    ...webhookSecretRoutes(context),
    ...manifestRoutes(context),
    ...remarkRoutes(context),
    exportFailedRoute(context),
    imagesZip(context),
    listExports(context),
    exportBatchRoute(context),
    ...feedRoutes(context),
    reviewSku(context),
    ...photoRoutes(context),
    readProductsRoute(),
    ...auditRoutes(context),
    whoAmI(),
    openBoard(context),
    ...fleetRoutes(context),
    listModels(context),
    ...originalJobs(context),
  ];
}
