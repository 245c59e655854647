using System.IO.Compression;
using System.Text;

namespace ReproGate.TestKit;

/// <summary>How an <see cref="HttpFeed"/> misbehaves on the requests a fault is injected for.</summary>
public abstract record FeedFault
{
    private FeedFault()
    {
    }

    /// <summary>Answers rightly, after a pause.</summary>
    public static FeedFault Slow(TimeSpan delay) => new DelayFault(delay);

    /// <summary>Accepts the request and never answers.</summary>
    public static FeedFault Hang() => new DelayFault(Timeout.InfiniteTimeSpan);

    /// <summary>Answers with a status and no content: 401, 403, 404, 429 (with Retry-After where given), 500 …</summary>
    public static FeedFault Status(int status, TimeSpan? retryAfter = null) => new StatusFault(status, retryAfter);

    /// <summary>Announces the whole length, sends half of the body and cuts the connection.</summary>
    public static FeedFault CutBody() => new CutFault();

    /// <summary>Redirects to itself for ever.</summary>
    public static FeedFault RedirectLoop() => new RedirectFault();

    /// <summary>Sends other content: the function gets the number of the request (from 1) and the right body.</summary>
    public static FeedFault Content(Func<int, byte[], byte[]> rewrite) => new ContentFault(rewrite);

    /// <summary>Sends this text.</summary>
    public static FeedFault Text(string body) => Content((_, _) => Encoding.UTF8.GetBytes(body));

    /// <summary>Sends a package that opens and installs, with one more file in it: another content hash.</summary>
    public static FeedFault WrongHash() => Content(static (_, nupkg) => WithEntry(nupkg, "content/injected.txt", "injected"));

    /// <summary>Sends the first half of a zip as though it were whole.</summary>
    public static FeedFault TruncatedZip() => Content(static (_, nupkg) => nupkg[..(nupkg.Length / 2)]);

    /// <summary>Sends another package at each request: never the same hash twice.</summary>
    public static FeedFault DifferentEachTime() => Content(static (attempt, nupkg) => WithEntry(nupkg, "content/attempt.txt", $"{attempt}"));

    /// <summary>Sends a flat-container version list of this many versions (1.0.0, 1.0.1 …), about 12 bytes each.</summary>
    public static FeedFault VersionList(int count) => Content((_, _) =>
    {
        var text = new StringBuilder("{\"versions\":[", count * 12);
        for (int patch = 0; patch < count; patch++)
        {
            text.Append(patch == 0 ? "\"" : ",\"").Append("1.0.").Append(patch).Append('"');
        }

        return Encoding.UTF8.GetBytes(text.Append("]}").ToString());
    });

    /// <summary>Sends one mebibyte of blanks after another, without end and without a length.</summary>
    public static FeedFault Endless() => new EndlessFault();

    private static byte[] WithEntry(byte[] nupkg, string path, string text)
    {
        using var stream = new MemoryStream();
        stream.Write(nupkg);
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Update, leaveOpen: true))
        {
            using var writer = new StreamWriter(zip.CreateEntry(path).Open());
            writer.Write(text);
        }

        return stream.ToArray();
    }

    internal sealed record DelayFault(TimeSpan Delay) : FeedFault;

    internal sealed record StatusFault(int Code, TimeSpan? RetryAfter) : FeedFault;

    internal sealed record CutFault : FeedFault;

    internal sealed record RedirectFault : FeedFault;

    internal sealed record ContentFault(Func<int, byte[], byte[]> Rewrite) : FeedFault;

    internal sealed record EndlessFault : FeedFault;
}
