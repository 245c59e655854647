using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.IO.Compression;
using System.IO.Enumeration;
using System.Security.Cryptography;
using NuGet.Packaging;
using ReproGate.Facts;

namespace ReproGate.NuGet.Verification;

/// <summary>An extracted package whose bytes are to be looked at.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Version">Its version, normalised.</param>
/// <param name="Directory">Absolute path of its folder, without trailing separator.</param>
/// <param name="ExpectedHash">The locked content hash; null where nothing locks it.</param>
/// <param name="UsedFiles">The files below it that the build uses, with forward slashes; null for all.</param>
public sealed record PackageToVerify(string Id, string Version, string Directory, string? ExpectedHash, IReadOnlyCollection<string>? UsedFiles)
{
    /// <summary>Absolute path of its nupkg, where NuGet keeps it.</summary>
    public string Nupkg => Path.Combine(Directory, $"{Id}.{Version}.nupkg".ToLowerInvariant());
}

/// <summary>
/// Looks at the bytes of packages: recomputes the content hash of the nupkg (without its signature) and compares every
/// extracted file with the package's entry. In parallel, in bounded memory, and only where <see cref="VerifiedPackages"/> does
/// not know the answer.
/// </summary>
public static class PackageVerifier
{
    private const int BufferSize = 128 * 1024;
    private const int MaximumFiles = 200_000;

    // What runs in a build or ends up in its output. A stray .pdb or .xml beside an assembly changes neither.
    private static readonly string[] ProgramExtensions = [".dll", ".exe", ".winmd", ".props", ".targets", ".tasks", ".so", ".dylib", ".ps1", ".sh", ".cmd", ".bat", ".a", ".lib"];

    private static readonly string[] ProgramFolders = ["lib/", "ref/", "build/", "buildTransitive/", "buildMultiTargeting/", "buildCrossTargeting/", "analyzers/", "runtimes/", "tools/", "tasks/", "Sdk/"];

    /// <summary>Looks at packages, the unknown ones in parallel, and remembers the good ones.</summary>
    /// <param name="packages">The packages; each folder once.</param>
    /// <param name="memory">What is already known.</param>
    /// <param name="cancellation">Stops the look.</param>
    /// <returns>One result per package in the given order, and how many had to be read.</returns>
    public static (ImmutableArray<PackageVerification> Results, int Read, string? NotSaved) Verify(IReadOnlyList<PackageToVerify> packages, VerifiedPackages memory, CancellationToken cancellation)
    {
        var results = new PackageVerification[packages.Count];
        List<int> unknown = Recall(packages, Enumerable.Range(0, packages.Count), memory, results);
        if (unknown.Count > 0)
        {
            // Another node may have looked at them meanwhile.
            memory.Refresh();
            unknown = Recall(packages, unknown, memory, results);
        }

        if (unknown.Count == 0)
        {
            return ([.. results], 0, null);
        }

        var good = new ConcurrentBag<VerifiedPackage>();
        // The largest first, so that no thread is left alone with one at the end.
        IOrderedEnumerable<int> order = unknown.OrderByDescending(index => FileStamp.Of(packages[index].Nupkg)?.Size ?? 0);
        var options = new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.ForEach(Partitioner.Create(order, EnumerablePartitionerOptions.NoBuffering), options, index =>
        {
            (results[index], VerifiedPackage? verified) = VerifyOne(packages[index], cancellation);
            if (verified is not null)
            {
                good.Add(verified);
            }
        });
        string? notSaved = memory.Save(good, cancellation);
        return ([.. results], unknown.Count, notSaved);
    }

    /// <summary>The content hash of a package file: base64 of the SHA-512 of the package as it was before it was signed.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static string ContentHashOf(Stream nupkg, CancellationToken cancellation)
    {
        try
        {
            using var reader = new PackageArchiveReader(nupkg, leaveStreamOpen: true);
            return reader.GetContentHash(cancellation, () => PlainHash(nupkg));
        }
        catch (Exception exception) when (exception is InvalidDataException or global::NuGet.Packaging.Core.PackagingException or global::NuGet.Packaging.Signing.SignatureException or FormatException or ArgumentException or OverflowException)
        {
            // Not a package any more (cut, overwritten): its bytes have a hash all the same, and it is not the locked one.
            return PlainHash(nupkg);
        }
    }

    private static List<int> Recall(IReadOnlyList<PackageToVerify> packages, IEnumerable<int> indices, VerifiedPackages memory, PackageVerification[] results)
    {
        List<int> unknown = [];
        foreach (int index in indices)
        {
            PackageToVerify package = packages[index];
            if (memory.Find(package.Directory, package.Nupkg, package.UsedFiles) is { } hash)
            {
                results[index] = Result(package) with { ActualHash = hash };
            }
            else
            {
                unknown.Add(index);
            }
        }

        return unknown;
    }

    private static PackageVerification Result(PackageToVerify package) => new()
    {
        Id = package.Id,
        Version = package.Version,
        Directory = package.Directory,
        ExpectedHash = package.ExpectedHash,
    };

    private static (PackageVerification Result, VerifiedPackage? Verified) VerifyOne(PackageToVerify package, CancellationToken cancellation)
    {
        PackageVerification result = Result(package);
        try
        {
            if (FileStamp.Of(package.Nupkg) is not { } stamp)
            {
                return (result with { NotVerified = $"no {Path.GetFileName(package.Nupkg)} in {package.Directory}" }, null);
            }

            using var nupkg = new FileStream(package.Nupkg, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, BufferSize);
            string hash = ContentHashOf(nupkg, cancellation);
            result = result with { ActualHash = hash };
            if (package.ExpectedHash is { } expected && expected != hash)
            {
                return (result, null);
            }

            (ImmutableArray<FileMismatch> mismatches, List<(string, FileStamp)> equal) = CompareFiles(package, nupkg, cancellation);
            return mismatches.IsEmpty
                ? (result, new VerifiedPackage(package.Directory, hash, stamp, equal))
                : (result with { Mismatches = mismatches }, null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException or NotSupportedException)
        {
            return (result with { NotVerified = exception.Message }, null);
        }
    }

    private static (ImmutableArray<FileMismatch> Mismatches, List<(string File, FileStamp Stamp)> Equal) CompareFiles(PackageToVerify package, FileStream nupkg, CancellationToken cancellation)
    {
        nupkg.Position = 0;
        using var archive = new ZipArchive(nupkg, ZipArchiveMode.Read, leaveOpen: true);
        // Extraction on a system that ignores case writes entries that differ only in case over one another: any of them will do.
        ILookup<string, ZipArchiveEntry> entries = archive.Entries
            .Where(static entry => entry.Name.Length > 0)
            .ToLookup(entry => ExtractedName(entry.FullName, package.Id), StringComparer.OrdinalIgnoreCase);

        var mismatches = ImmutableArray.CreateBuilder<FileMismatch>();
        List<(string File, FileStamp Stamp)> equal = [];
        HashSet<string>? used = package.UsedFiles is null ? null : new HashSet<string>(package.UsedFiles, StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        byte[] left = ArrayPool<byte>.Shared.Rent(BufferSize), right = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            foreach (string file in FilesOf(package.Directory))
            {
                cancellation.ThrowIfCancellationRequested();
                string path = Path.Combine(package.Directory, file.Replace('/', Path.DirectorySeparatorChar));
                seen.Add(file);
                if (IsNuGetsOwn(file) || FileStamp.Of(path) is not { } stamp)
                {
                    continue;
                }

                List<ZipArchiveEntry> candidates = [.. entries[file]];
                if (candidates.Count == 0)
                {
                    if (used?.Contains(file) == true || RunsInBuild(file))
                    {
                        mismatches.Add(new FileMismatch(file, FileMismatchKind.Added));
                    }
                }
                else if (candidates.Exists(entry => Same(entry, path, left, right, cancellation)))
                {
                    equal.Add((file, stamp));
                }
                else
                {
                    mismatches.Add(new FileMismatch(file, FileMismatchKind.Differs));
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(left);
            ArrayPool<byte>.Shared.Return(right);
        }

        foreach (string file in used ?? [])
        {
            if (!seen.Contains(file) && !File.Exists(Path.Combine(package.Directory, file)))
            {
                mismatches.Add(new FileMismatch(file, entries.Contains(file) ? FileMismatchKind.Missing : FileMismatchKind.Added));
            }
        }

        return (mismatches.ToImmutable(), equal);
    }

    /// <summary>The name extraction gives an entry: OPC escapes undone, the manifest under the package's lower-case id.</summary>
    private static string ExtractedName(string entry, string id)
    {
        string name = Uri.UnescapeDataString(entry.Replace('\\', '/').TrimStart('/'));
        return !name.Contains('/', StringComparison.Ordinal) && name.EndsWith(".nuspec", StringComparison.OrdinalIgnoreCase) ? $"{id}.nuspec" : name;
    }

    private static bool IsNuGetsOwn(string file) =>
        file.EndsWith(".nupkg.metadata", StringComparison.OrdinalIgnoreCase)
        || file.EndsWith(".nupkg.sha512", StringComparison.OrdinalIgnoreCase)
        || !file.Contains('/', StringComparison.Ordinal) && file.EndsWith(".nupkg", StringComparison.OrdinalIgnoreCase);

    private static bool RunsInBuild(string file) =>
        Array.Exists(ProgramFolders, folder => file.StartsWith(folder, StringComparison.OrdinalIgnoreCase))
        && Array.Exists(ProgramExtensions, extension => file.EndsWith(extension, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<string> FilesOf(string directory)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 64, AttributesToSkip = 0, IgnoreInaccessible = false };
        var files = new FileSystemEnumerable<string>(
            directory,
            (ref FileSystemEntry entry) => Path.GetRelativePath(directory, entry.ToFullPath()).Replace(Path.DirectorySeparatorChar, '/'),
            options)
        {
            ShouldIncludePredicate = static (ref FileSystemEntry entry) => !entry.IsDirectory,
            // A link to a folder may lead in circles; NuGet extracts none.
            ShouldRecursePredicate = static (ref FileSystemEntry entry) => (entry.Attributes & FileAttributes.ReparsePoint) == 0,
        };
        return files.Take(MaximumFiles);
    }

    private static bool Same(ZipArchiveEntry entry, string path, byte[] left, byte[] right, CancellationToken cancellation)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        if (file.Length != entry.Length)
        {
            return false;
        }

        using Stream packed = entry.Open();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            int expected = packed.ReadAtLeast(left.AsSpan(0, BufferSize), BufferSize, throwOnEndOfStream: false);
            int actual = file.ReadAtLeast(right.AsSpan(0, BufferSize), BufferSize, throwOnEndOfStream: false);

            if (!left.AsSpan(0, expected).SequenceEqual(right.AsSpan(0, actual)))
            {
                return false;
            }

            if (expected < BufferSize)
            {
                return true;
            }
        }
    }

    private static string PlainHash(Stream nupkg)
    {
        nupkg.Position = 0;
        return Convert.ToBase64String(SHA512.HashData(nupkg));
    }
}
