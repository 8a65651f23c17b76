package tranzr.fuzz;

import java.util.List;
import java.util.stream.Stream;
import tranzr.accounts.SignedUrlFuzz;
import tranzr.api.ApiFuzz;
import tranzr.api.direct.DirectFuzz;
import tranzr.api.live.SocketFuzz;
import tranzr.api.smart.SmartFuzz;
import tranzr.api.tus.TusFuzz;
import tranzr.audit.AuditFuzz;
import tranzr.catalog.journal.CatalogFuzz;
import tranzr.client.ClientFuzz;
import tranzr.client.DownloadFuzz;
import tranzr.http.BodyFuzz;
import tranzr.http.FieldFuzz;
import tranzr.http.HeadFuzz;
import tranzr.http.ListenerFuzz;
import tranzr.http.TlsLinkFuzz;
import tranzr.http.WebSocketFuzz;
import tranzr.journal.JournalFuzz;
import tranzr.json.JsonMessageFuzz;
import tranzr.limit.LimitFuzz;
import tranzr.model.ModelFuzz;
import tranzr.security.PasswordFuzz;
import tranzr.security.TotpFuzz;
import tranzr.security.TlsFuzz;
import tranzr.server.RoutesFuzz;
import tranzr.server.SettingsFuzz;
import tranzr.storage.local.SumsFuzz;
import tranzr.webhook.WebhookFuzz;

/** Every target there is. They live in the packages of their parsers, most of which nobody else can see. */
final class Targets {

    private Targets() {
    }

    static List<FuzzTarget> all() {
        return Stream.of(HeadFuzz.targets(), BodyFuzz.targets(), FieldFuzz.targets(), ListenerFuzz.targets(), ModelFuzz.targets(), ApiFuzz.targets(),
                PasswordFuzz.targets(), TotpFuzz.targets(), CatalogFuzz.targets(), JournalFuzz.targets(), SumsFuzz.targets(), SettingsFuzz.targets(),
                RoutesFuzz.targets(), AuditFuzz.targets(), LimitFuzz.targets(), WebhookFuzz.targets(), TlsLinkFuzz.targets(),
                TlsFuzz.targets(), ClientFuzz.targets(), DownloadFuzz.targets(), WebSocketFuzz.targets(), SocketFuzz.targets(), JsonMessageFuzz.targets(), TusFuzz.targets(), SmartFuzz.targets(),
                SignedUrlFuzz.targets(), DirectFuzz.targets())
                .<FuzzTarget>flatMap(List::stream).toList();
    }
}
