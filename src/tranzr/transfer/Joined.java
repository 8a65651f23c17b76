package tranzr.transfer;

import tranzr.model.Upload;

/**
 * An upload that was made of others.
 *
 * @param upload whole; pending, or completed already
 * @param repeated whether it was there before, made by the same call
 */
public record Joined(Upload upload, boolean repeated) {
}
