package tranzr.transfer;

/** A download that counts for a link. */
interface LinkDownload extends Download {

    /** How a download ended. */
    interface Ended {
        /** @param whole whether all of the range was handed over */
        void tell(boolean whole);
    }

    /** Opens what is to be handed out. */
    interface Opener {
        /** @param ended told once how it ended */
        LinkDownload open(Ended ended);
    }

    /** Bytes of the files' contents handed over so far. */
    long sent();

    /** Has {@link #writeTo} end with an error soon. */
    void cancel();
}
