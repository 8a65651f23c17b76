package tranzr.server;

import static tranzr.server.Routes.api;
import static tranzr.server.Routes.plain;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import tranzr.api.ChunkDoor;
import tranzr.api.Load;
import tranzr.api.Need;
import tranzr.api.chunky.ChunkyRoutes;
import tranzr.api.curl.CurlFiles;
import tranzr.api.direct.DirectRoutes;
import tranzr.api.direct.SignedRoutes;
import tranzr.api.ietf.ResumableUploads;
import tranzr.api.smart.SmartRoutes;
import tranzr.api.tus.TusRoutes;
import tranzr.api.upflow.UpflowRoutes;
import tranzr.events.EventHub;
import tranzr.http.Handler;
import tranzr.server.Routes.Route;
import tranzr.server.Routes.Style;
import tranzr.transfer.Engine;

/** The doors of other protocols, over one engine, and their part of the {@link Routes} page. */
record Protocols(TusRoutes tus, ResumableUploads ietf, DirectRoutes direct, SignedRoutes signed, UpflowRoutes upflow, SmartRoutes smart, ChunkyRoutes chunky) {

    /**
     * @param chunkSize of uploads that are not sent in chunks, in bytes
     * @param random for delete tokens; cryptographically strong and safe for several threads
     */
    static Protocols over(Engine engine, Accounts accounts, EventHub events, long chunkSize, InstantSource clock, RandomGenerator random) {
        return new Protocols(new TusRoutes(engine, accounts.factor(), chunkSize), new ResumableUploads(engine, clock, new CurlFiles(engine, clock, random)),
                accounts.directRoutes(events), accounts.signedRoutes(), new UpflowRoutes(engine), new SmartRoutes(engine), new ChunkyRoutes(engine));
    }

    /** Those whose chunks come by routes of ours. */
    List<ChunkDoor> chunkDoors() {
        return List.of(upflow, smart);
    }

    /** @param download hands out a completed file */
    List<Route> routes(Handler download) {
        List<Route> routes = new ArrayList<>(tusRoutes(download));
        routes.addAll(ietfRoutes());
        routes.addAll(directRoutes(download));
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

    private List<Route> ietfRoutes() {
        return List.of(
                // Resumable Uploads for HTTP
                api("POST", "/files/upload", Need.UPLOAD, "upload.start", ietf::create).with(Load.UPLOAD),
                api("PUT", "/files/upload", Need.UPLOAD, "upload.start", ietf::create).with(Load.UPLOAD),
                api("PATCH", "/files/upload", Need.UPLOAD, "upload.start", ietf::create).with(Load.UPLOAD),
                api("OPTIONS", "/files/upload", Need.UPLOAD, "upload.limits", ietf::options).quiet(),
                api("GET", "/files/upload/{file_id}", Need.UPLOAD, "upload.status", ietf::retrieve).quiet(),
                api("PATCH", "/files/upload/{file_id}", Need.UPLOAD, "upload.append", ietf::append).with(Load.UPLOAD),
                api("DELETE", "/files/upload/{file_id}", Need.UPLOAD, "upload.abort", ietf::cancel),
                // Addresses of the curl door, where such uploads can begin too
                api("OPTIONS", "/", Need.UPLOAD, "upload.limits", ietf::options).quiet(),
                api("OPTIONS", "/{name}", Need.UPLOAD, "upload.limits", ietf::options).quiet());
    }

    private List<Route> directRoutes(Handler download) {
        return List.of(
                // Addresses that stand for themselves, for who may do what they say
                api("POST", "/download-url/{file_id}", Need.DOWNLOAD, "file.sign", direct::downloadUrl).with(Load.LINK),
                api("DELETE", "/signed-urls", Need.ADMIN, "sign.renew", direct::renewKeys),
                // The same by the names of the direct-to-storage design
                api("POST", "/files/upload-url", Need.UPLOAD, "upload.start", direct::uploadUrl),
                api("POST", "/files/complete-upload", Need.UPLOAD, "upload.complete", direct::complete),
                api("POST", "/files/upload-progress", Need.UPLOAD, "upload.report", direct::progress).quiet(),
                // What they lead to
                api("PUT", "/direct/{file_id}/{name}", Need.SIGNED, "upload.part", signed::put).quiet().with(Load.UPLOAD),
                api("GET", "/direct/{file_id}/{name}", Need.SIGNED, "file.download", signed.download(download)).with(Load.DOWNLOAD));
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
