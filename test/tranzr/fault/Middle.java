package tranzr.fault;

import java.util.List;
import tranzr.fault.Network.End;

/** What a {@link CuttingProxy} that understands HTTP/1.1 does with single requests. Called by several threads at once. */
@FunctionalInterface
public interface Middle {

    /** Passes everything. */
    Middle NONE = request -> Act.PASS;

    /**
     * A request's head.
     *
     * @param number of the request in this proxy, from 0
     * @param length of its body
     */
    record Request(int number, String method, String target, long length) {

        /** Whether it brings bytes of a file. */
        public boolean isRange() {
            return method.equals("PUT") && target.startsWith("/upload/");
        }

        /** Whether it asks for bytes of a file. */
        public boolean isDownload() {
            return method.equals("GET") && (target.startsWith("/download/") || target.startsWith("/s/"));
        }
    }

    /** Decides over a request, before any of it passes. */
    Act on(Request request);

    /** What happens to one request. Offsets count bytes of a body. */
    sealed interface Act {

        Act PASS = new Pass();
        /** The server does what it was asked for, and nobody hears of it: the connection is closed when its answer comes. */
        Act DROP_ANSWER = new DropAnswer();
        /** The same bytes reach the server once more, over another connection, before the client hears the first answer. */
        Act TWICE = new Twice();

        /** See {@link Act#PASS}. */
        record Pass() implements Act {
        }

        /** See {@link Act#DROP_ANSWER}. */
        record DropAnswer() implements Act {
        }

        /** See {@link Act#TWICE}. */
        record Twice() implements Act {
        }

        /** The server never hears of it; this is the answer. @param fields lines of its head */
        record Answer(int status, List<String> fields, String body) implements Act {
        }

        /** One bit of the request's body is another one. */
        record FlipRequest(long at) implements Act {
        }

        /** One bit of the answer's body is another one. */
        record FlipAnswer(long at) implements Act {
        }

        /** The connection ends after so many bytes of the request's body. */
        record CutRequest(long after, End how) implements Act {
        }

        /** The connection ends after so many bytes of the answer's body. */
        record CutAnswer(long after, End how) implements Act {
        }
    }
}
