package tranzr.server;

import java.time.Duration;
import tranzr.accounts.AccessTokens;
import tranzr.accounts.ExpiryWatch;
import tranzr.accounts.Identities;
import tranzr.accounts.LiveCallers;
import tranzr.accounts.OneTimeTokens;
import tranzr.accounts.Rooms;
import tranzr.accounts.SecondFactor;
import tranzr.accounts.Sessions;
import tranzr.accounts.SignedUrls;
import tranzr.accounts.SigningKeys;
import tranzr.accounts.UploadRequests;
import tranzr.api.PartUrls;
import tranzr.api.direct.DirectRoutes;
import tranzr.api.direct.SignedRoutes;
import tranzr.api.rest.AccessRoutes;
import tranzr.api.rest.RequestRoutes;
import tranzr.api.rest.RoomRoutes;
import tranzr.api.rest.SecondFactorRoutes;
import tranzr.api.rest.SessionRoutes;
import tranzr.api.rest.TokenRoutes;
import tranzr.events.EventHub;
import tranzr.model.Quota;
import tranzr.transfer.Engine;

/** What knows tokens and rooms, over one engine, which it does not close. */
final class Accounts implements AutoCloseable {

    private final Engine engine;
    private final Identities identities;
    private final LiveCallers live = new LiveCallers();
    private final AccessTokens tokens;
    private final Rooms rooms;
    private final OneTimeTokens onceTokens;
    private final UploadRequests requests;
    private final SecondFactor factor;
    private final Sessions sessions;
    private final SigningKeys keys;
    private final SignedUrls signedUrls;
    private final ExpiryWatch watch;

    /** @param sessionTtl how long a browser stays logged in */
    Accounts(Engine engine, Identities identities, Duration sessionTtl) {
        this.engine = engine;
        this.identities = identities;
        this.tokens = new AccessTokens(engine, live, identities);
        this.rooms = new Rooms(engine.core(), live);
        this.onceTokens = new OneTimeTokens(engine, identities);
        this.requests = new UploadRequests(engine.core(), live);
        this.factor = new SecondFactor(engine.core());
        this.sessions = new Sessions(engine.core(), identities, factor, live, sessionTtl);
        this.keys = new SigningKeys(engine.core());
        this.signedUrls = new SignedUrls(engine.core(), identities, onceTokens, keys);
        this.watch = new ExpiryWatch(identities, live, onceTokens, sessions, requests, keys);
    }

    Identities identities() {
        return identities;
    }

    LiveCallers live() {
        return live;
    }

    SecondFactor factor() {
        return factor;
    }

    SignedUrls signedUrls() {
        return signedUrls;
    }

    PartUrls partUrls() {
        return new PartUrls(engine.core(), signedUrls);
    }

    /** @param events told of what clients say of their progress */
    DirectRoutes directRoutes(EventHub events) {
        return new DirectRoutes(engine, signedUrls, keys, events);
    }

    SignedRoutes signedRoutes() {
        return new SignedRoutes(engine, signedUrls);
    }

    ExpiryWatch watch() {
        return watch;
    }

    TokenRoutes tokenRoutes() {
        return new TokenRoutes(engine.core(), tokens, rooms, onceTokens);
    }

    RequestRoutes requestRoutes() {
        return new RequestRoutes(engine.core(), requests, rooms, factor);
    }

    SessionRoutes sessionRoutes() {
        return new SessionRoutes(engine.core(), sessions, factor);
    }

    SecondFactorRoutes secondFactorRoutes() {
        return new SecondFactorRoutes(factor);
    }

    RoomRoutes roomRoutes() {
        return new RoomRoutes(engine.core(), rooms);
    }

    /** @param total the quota of all files together */
    AccessRoutes accessRoutes(Quota total) {
        return new AccessRoutes(engine, tokens, rooms, live, total);
    }

    @Override
    public void close() {
        watch.close();
    }
}
