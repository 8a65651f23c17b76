package tranzr.server;

import static tranzr.server.Routes.api;
import static tranzr.server.Routes.plain;

import java.util.ArrayList;
import java.util.List;
import tranzr.accounts.SecondFactor;
import tranzr.api.ChunkDoor;
import tranzr.api.Load;
import tranzr.api.Need;
import tranzr.api.chunky.ChunkyRoutes;
import tranzr.api.smart.SmartRoutes;
import tranzr.api.tus.TusRoutes;
import tranzr.api.upflow.UpflowRoutes;
import tranzr.http.Handler;
import tranzr.server.Routes.Route;
import tranzr.server.Routes.Style;
import tranzr.transfer.Engine;

/** The doors of other protocols, over one engine, and their part of the {@link Routes} page. */
record Protocols(TusRoutes tus, UpflowRoutes upflow, SmartRoutes smart, ChunkyRoutes chunky) {

    /** @param chunkSize of uploads that are not sent in chunks, in bytes */
    static Protocols over(Engine engine, SecondFactor factor, long chunkSize) {
        return new Protocols(new TusRoutes(engine, factor, chunkSize), new UpflowRoutes(engine), new SmartRoutes(engine), new ChunkyRoutes(engine));
    }

    /** Those whose chunks come by routes of ours. */
    List<ChunkDoor> chunkDoors() {
        return List.of(upflow, smart);
    }

    /** @param download hands out a completed file */
    List<Route> routes(Handler download) {
        List<Route> routes = new ArrayList<>(tusRoutes(download));
        routes.addAll(upflowRoutes());
        routes.addAll(smartRoutes());
        routes.addAll(chunkyRoutes());
        return routes;
    }

    private List<Route> tusRoutes(Handler download) {
        return List.of(
                // Behind TusDoor, which also answers OPTIONS
                api("POST", "/tus", Need.UPLOAD, "upload.start", tus::create).with(Load.UPLOAD),
                api("POST", "/tus/", Need.UPLOAD, "upload.start", tus::create).with(Load.UPLOAD),
                api("HEAD", "/tus/{file_id}", Need.UPLOAD, "upload.status", tus::head).quiet(),
                api("PATCH", "/tus/{file_id}", Need.UPLOAD, "upload.put", tus::patch).with(Load.UPLOAD),
                api("DELETE", "/tus/{file_id}", Need.UPLOAD, "upload.abort", tus::delete),
                api("GET", "/tus/{file_id}", Need.DOWNLOAD, "file.download", download).with(Load.DOWNLOAD));
    }

    private List<Route> upflowRoutes() {
        return List.of(
                // Clients of UpFlow; their chunks come by PUT /uploads/{file_id}/chunks/{chunk_index}
                api("POST", "/uploads/init", Need.UPLOAD, "upload.start", upflow::init).told(Style.UPFLOW),
                api("POST", "/uploads/{file_id}/complete", Need.UPLOAD, "upload.complete", upflow::complete).told(Style.UPFLOW),
                api("GET", "/uploads/{file_id}/status", Need.UPLOAD, "upload.status", upflow::status).told(Style.UPFLOW).quiet());
    }

    private List<Route> chunkyRoutes() {
        return List.of(
                plain("POST", "/initiateUploadSession", Need.UPLOAD, "upload.start", chunky::initiate),
                plain("PATCH", "/uploadFileChunk", Need.UPLOAD, "upload.chunk", chunky::chunk).quiet().with(Load.UPLOAD),
                plain("PATCH", "/uploadChunk", Need.UPLOAD, "upload.chunk", chunky::chunk).quiet().with(Load.UPLOAD),
                plain("POST", "/byteRangesToUpload", Need.UPLOAD, "upload.status", chunky::ranges).quiet(),
                plain("GET", "/uploadStatus", Need.UPLOAD, "upload.status", chunky::status).quiet(),
                plain("POST", "/endUpload", Need.UPLOAD, "upload.complete", chunky::end));
    }

    private List<Route> smartRoutes() {
        return List.of(
                // Clients of Smart File Transfer System; their chunks come by POST /upload/chunk
                api("POST", "/upload/init", Need.UPLOAD, "upload.start", smart::init).told(Style.SMART),
                api("GET", "/upload/missing/{file_id}", Need.UPLOAD, "upload.status", smart::missing).told(Style.SMART).quiet(),
                api("POST", "/assemble/{file_id}", Need.UPLOAD, "upload.complete", smart::assemble).told(Style.SMART),
                api("GET", "/api/files", Need.LIST, "file.list", smart::files).told(Style.SMART).quiet(),
                api("GET", "/api/files/{file_id}", Need.LIST, "file.info", smart::file).told(Style.SMART).quiet());
    }
}
