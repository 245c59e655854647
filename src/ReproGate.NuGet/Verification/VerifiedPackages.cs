using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ReproGate.NuGet.Verification;

/// <summary>
/// Remembers, per user and outside any repository, which extracted packages were found to be what their nupkg holds, so that
/// an unchanged machine reads no package twice. Only good news is kept: the content hash that the nupkg has, and the stamp of
/// every extracted file that equals its entry. Whether that hash is the locked one is asked each time.
/// </summary>
/// <remarks>
/// The file: magic, version, SHA-256 of the rest, then records of length-prefixed UTF-8. A file that is cut, altered or of
/// another version is dropped and rebuilt. Writers merge under a lock between processes and replace the file atomically; a
/// writer that does not get the lock in time leaves its news unsaved, which costs another look and nothing else.
/// Safe for concurrent use.
/// </remarks>
public sealed class VerifiedPackages
{
    private const int HeaderLength = 8 + 32;
    private const long MaximumBytes = 64L << 20;

    private static readonly byte[] Magic = "RGVP0001"u8.ToArray();

    private readonly Lock _gate = new();
    private readonly string _path;
    private Dictionary<string, ReadOnlyMemory<byte>> _records = new(StringComparer.Ordinal);
    private FileStamp? _loaded;

    private VerifiedPackages(string path) => _path = path;

    /// <summary>Why an existing file was dropped; null where it was not.</summary>
    public string? Dropped { get; private set; }

    /// <summary>Absolute path of the file.</summary>
    public string FilePath => _path;

    /// <summary>Opens the memory in a folder; an absent or broken file is an empty one.</summary>
    /// <param name="directory">The folder, for example below the user's local application data.</param>
    public static VerifiedPackages Open(string directory)
    {
        var result = new VerifiedPackages(Path.Combine(directory, "verified-packages.bin"));
        result.Refresh();
        return result;
    }

    /// <summary>Takes in what other processes have saved since.</summary>
    public void Refresh()
    {
        lock (_gate)
        {
            FileStamp? stamp = FileStamp.Of(_path);
            if (stamp is null || stamp == _loaded)
            {
                return;
            }

            Dictionary<string, ReadOnlyMemory<byte>>? saved = Load();
            if (saved is not null)
            {
                foreach ((string directory, ReadOnlyMemory<byte> record) in _records)
                {
                    saved[directory] = record;
                }

                _records = saved;
            }

            _loaded = stamp;
        }
    }

    /// <summary>
    /// The content hash of a package that is unchanged since it was looked at: its nupkg and every given file have the stamps
    /// they had. Null where anything differs or is unknown.
    /// </summary>
    /// <param name="directory">Absolute path of the extracted package, without trailing separator.</param>
    /// <param name="nupkg">Absolute path of its nupkg.</param>
    /// <param name="files">The files of interest below it, with forward slashes; null for all that were looked at.</param>
    public string? Find(string directory, string nupkg, IReadOnlyCollection<string>? files)
    {
        ReadOnlyMemory<byte> record;
        lock (_gate)
        {
            if (!_records.TryGetValue(directory, out record))
            {
                return null;
            }
        }

        var reader = new RecordReader(record.Span);
        string hash = reader.Text();
        if (reader.Stamp() != FileStamp.Of(nupkg))
        {
            return null;
        }

        int count = reader.Number();
        int found = 0;
        Span<byte> name = stackalloc byte[512];
        ReadOnlySpan<byte> rest = reader.Rest;
        if (files is null)
        {
            for (int index = 0; index < count; index++)
            {
                string file = reader.Text();
                if (reader.Stamp() != FileStamp.Of(PathOf(directory, file)))
                {
                    return null;
                }
            }

            return hash;
        }

        foreach (string file in files)
        {
            if (!Encoding.UTF8.TryGetBytes(file, name, out int length))
            {
                return null;
            }

            var scan = new RecordReader(rest);
            for (int index = 0; index < count; index++)
            {
                ReadOnlySpan<byte> candidate = scan.Bytes();
                FileStamp stamp = scan.Stamp();
                if (candidate.SequenceEqual(name[..length]))
                {
                    if (stamp != FileStamp.Of(PathOf(directory, file)))
                    {
                        return null;
                    }

                    found++;
                    break;
                }
            }
        }

        return found == files.Count ? hash : null;
    }

    /// <summary>Remembers packages that were found good, in this process and, as far as the file can be written, for later ones.</summary>
    /// <returns>Why they could not be saved; null where they were.</returns>
    public string? Save(IReadOnlyCollection<VerifiedPackage> packages, CancellationToken cancellation)
    {
        if (packages.Count == 0)
        {
            return null;
        }

        List<(string Directory, ReadOnlyMemory<byte> Record)> news = [.. packages.Select(static package => (package.Directory, Encode(package)))];
        lock (_gate)
        {
            foreach ((string directory, ReadOnlyMemory<byte> record) in news)
            {
                _records[directory] = record;
            }

            try
            {
                bool saved = AtomicFile.WhileLocked(_path + ".lock", TimeSpan.FromSeconds(2), cancellation, () =>
                {
                    // Others may have saved since; the file is the union, and what was just seen wins.
                    Dictionary<string, ReadOnlyMemory<byte>> merged = Load() ?? new(StringComparer.Ordinal);
                    foreach ((string directory, ReadOnlyMemory<byte> record) in news)
                    {
                        merged[directory] = record;
                    }

                    byte[] content = Serialize(merged);
                    if (content.Length > MaximumBytes / 2)
                    {
                        // Packages folders that are gone leave their records behind; before the file grows without end, start over.
                        content = Serialize(merged.Where(static record => Directory.Exists(record.Key)));
                        if (content.Length > MaximumBytes / 2)
                        {
                            content = Serialize(news.Select(static record => KeyValuePair.Create(record.Directory, record.Record)));
                        }
                    }

                    AtomicFile.Write(_path, content);
                });
                return saved ? null : $"{_path} is locked by another process";
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return exception.Message;
            }
        }
    }

    private static string PathOf(string directory, string file) =>
        string.Concat(directory, Path.DirectorySeparatorChar.ToString(), Path.DirectorySeparatorChar == '/' ? file : file.Replace('/', Path.DirectorySeparatorChar));

    private static byte[] Encode(VerifiedPackage package)
    {
        var writer = new RecordWriter();
        writer.Text(package.ContentHash);
        writer.Stamp(package.Nupkg);
        writer.Number(package.Files.Count);
        foreach ((string file, FileStamp stamp) in package.Files)
        {
            writer.Text(file);
            writer.Stamp(stamp);
        }

        return writer.ToArray();
    }

    private static byte[] Serialize(IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> records)
    {
        var writer = new RecordWriter();
        writer.Raw(new byte[HeaderLength]);
        foreach ((string directory, ReadOnlyMemory<byte> record) in records)
        {
            writer.Text(directory);
            writer.Number(record.Length);
            writer.Raw(record.Span);
        }

        byte[] content = writer.ToArray();
        Magic.CopyTo(content, 0);
        SHA256.HashData(content.AsSpan(HeaderLength), content.AsSpan(Magic.Length, 32));
        return content;
    }

    /// <summary>Reads the file; null where it is absent or broken.</summary>
    private Dictionary<string, ReadOnlyMemory<byte>>? Load()
    {
        byte[] content;
        try
        {
            var file = new FileInfo(_path);
            if (!file.Exists)
            {
                return null;
            }

            if (file.Length is < HeaderLength or > MaximumBytes)
            {
                Dropped = $"{_path} has a size that ReproGate does not write";
                return null;
            }

            content = File.ReadAllBytes(_path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Dropped = exception.Message;
            return null;
        }

        if (content.Length < HeaderLength || !content.AsSpan(0, Magic.Length).SequenceEqual(Magic))
        {
            Dropped = $"{_path} is of another version";
            return null;
        }

        if (!SHA256.HashData(content.AsSpan(HeaderLength)).AsSpan().SequenceEqual(content.AsSpan(Magic.Length, 32)))
        {
            Dropped = $"{_path} is damaged";
            return null;
        }

        // The checksum holds, so the lengths are the ones that were written.
        var records = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        var reader = new RecordReader(content.AsSpan(HeaderLength));
        int offset = HeaderLength;
        while (!reader.Rest.IsEmpty)
        {
            string directory = reader.Text();
            int length = reader.Number();
            offset = content.Length - reader.Rest.Length;
            records[directory] = content.AsMemory(offset, length);
            reader.Skip(length);
        }

        return records;
    }

    private ref struct RecordReader(ReadOnlySpan<byte> content)
    {
        private ReadOnlySpan<byte> _rest = content;

        public readonly ReadOnlySpan<byte> Rest => _rest;

        public int Number()
        {
            int value = BinaryPrimitives.ReadInt32LittleEndian(_rest);
            _rest = _rest[4..];
            return value;
        }

        public ReadOnlySpan<byte> Bytes()
        {
            int length = Number();
            ReadOnlySpan<byte> value = _rest[..length];
            _rest = _rest[length..];
            return value;
        }

        public string Text() => Encoding.UTF8.GetString(Bytes());

        public FileStamp Stamp()
        {
            var stamp = new FileStamp(
                BinaryPrimitives.ReadInt64LittleEndian(_rest),
                BinaryPrimitives.ReadInt64LittleEndian(_rest[8..]),
                BinaryPrimitives.ReadInt64LittleEndian(_rest[16..]),
                BinaryPrimitives.ReadUInt64LittleEndian(_rest[24..]));
            _rest = _rest[32..];
            return stamp;
        }

        public void Skip(int length) => _rest = _rest[length..];
    }

    private sealed class RecordWriter
    {
        private readonly System.Buffers.ArrayBufferWriter<byte> _buffer = new(4096);

        public void Number(int value)
        {
            BinaryPrimitives.WriteInt32LittleEndian(_buffer.GetSpan(4), value);
            _buffer.Advance(4);
        }

        public void Text(string value)
        {
            int length = Encoding.UTF8.GetByteCount(value);
            Number(length);
            Encoding.UTF8.GetBytes(value, _buffer.GetSpan(length));
            _buffer.Advance(length);
        }

        public void Stamp(FileStamp stamp)
        {
            Span<byte> span = _buffer.GetSpan(32);
            BinaryPrimitives.WriteInt64LittleEndian(span, stamp.Size);
            BinaryPrimitives.WriteInt64LittleEndian(span[8..], stamp.Modified);
            BinaryPrimitives.WriteInt64LittleEndian(span[16..], stamp.Changed);
            BinaryPrimitives.WriteUInt64LittleEndian(span[24..], stamp.Identity);
            _buffer.Advance(32);
        }

        public void Raw(ReadOnlySpan<byte> value)
        {
            value.CopyTo(_buffer.GetSpan(value.Length));
            _buffer.Advance(value.Length);
        }

        public byte[] ToArray() => _buffer.WrittenSpan.ToArray();
    }
}

/// <summary>A package that was found to be what its nupkg holds.</summary>
/// <param name="Directory">Absolute path of its folder, without trailing separator.</param>
/// <param name="ContentHash">The content hash of its nupkg.</param>
/// <param name="Nupkg">The nupkg's stamp from before it was read.</param>
/// <param name="Files">Every extracted file that equals its entry, with its stamp from before it was read.</param>
public sealed record VerifiedPackage(string Directory, string ContentHash, FileStamp Nupkg, IReadOnlyList<(string File, FileStamp Stamp)> Files);
