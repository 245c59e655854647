using System.Collections.Immutable;
using System.IO.Compression;
using System.Reflection;
using System.Text.Json;
using NuGet.Packaging;
using ReproGate.Facts;
using ReproGate.NuGet.Verification;
using ReproGate.TestKit;

namespace ReproGate.NuGet.Tests.Verification;

public sealed class PackageVerifierTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("reprogate-verify-").FullName;

    [Fact]
    public void Real_signed_packages_have_the_content_hash_NuGet_recorded()
    {
        string packages = typeof(PackageVerifierTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(static attribute => attribute.Key == "NuGetPackageRoot").Value!;
        List<PackageToVerify> all =
        [
            .. new[] { "xunit.assert", "xunit.core", "cscheck", "cliwrap", "nuget.versioning" }
                .SelectMany(id => Directory.EnumerateDirectories(Path.Combine(packages, id)))
                .Select(static directory => new PackageToVerify(Path.GetFileName(Path.GetDirectoryName(directory)!), Path.GetFileName(directory), directory, Recorded(directory), null)),
        ];
        Assert.Contains(all, static package => File.Exists(Path.Combine(package.Directory, ".signature.p7s")));

        ImmutableArray<PackageVerification> results = Verify(all);

        Assert.All(results, static result =>
        {
            Assert.Null(result.NotVerified);
            Assert.Equal(result.ExpectedHash, result.ActualHash);
            Assert.Empty(result.Mismatches);
        });
        // The signature counts in the hash of the file and not in the content hash.
        string signed = all.First(static package => File.Exists(Path.Combine(package.Directory, ".signature.p7s"))).Nupkg;
        Assert.NotEqual(Recorded(Path.GetDirectoryName(signed)!), Convert.ToBase64String(System.Security.Cryptography.SHA512.HashData(File.ReadAllBytes(signed))));
    }

    [Fact]
    public void A_good_package_is_read_once_and_again_when_a_used_file_changes()
    {
        PackageToVerify package = Extract("Acme.Json", "1.0.0", ["lib/netstandard2.0/Acme.Json.dll"]);
        VerifiedPackages memory = VerifiedPackages.Open(_root);
        Assert.Equal(1, PackageVerifier.Verify([package], memory, default).Read);
        Assert.Equal(0, PackageVerifier.Verify([package], memory, default).Read);
        Assert.Equal(0, PackageVerifier.Verify([package], VerifiedPackages.Open(_root), default).Read);

        string dll = Path.Combine(package.Directory, "lib/netstandard2.0/Acme.Json.dll");
        DateTime time = File.GetLastWriteTimeUtc(dll);
        byte[] content = File.ReadAllBytes(dll);
        content[^1] ^= 1;
        File.WriteAllBytes(dll, content);
        File.SetLastWriteTimeUtc(dll, time);
        (ImmutableArray<PackageVerification> results, int read, _) = PackageVerifier.Verify([package], VerifiedPackages.Open(_root), default);

        // Same size and same time of last write: on Linux the inode's own time tells.
        if (OperatingSystem.IsLinux())
        {
            Assert.Equal(1, read);
            Assert.Equal(new FileMismatch("lib/netstandard2.0/Acme.Json.dll", FileMismatchKind.Differs), Assert.Single(results[0].Mismatches));
        }
    }

    [Fact]
    public void What_is_wrong_is_never_remembered()
    {
        PackageToVerify package = Extract("Acme.Json", "1.0.0", ["lib/netstandard2.0/Acme.Json.dll"]) with { ExpectedHash = "other" };
        VerifiedPackages memory = VerifiedPackages.Open(_root);

        for (int time = 0; time < 2; time++)
        {
            (ImmutableArray<PackageVerification> results, int read, _) = PackageVerifier.Verify([package], memory, default);
            Assert.Equal(1, read);
            Assert.NotEqual(results[0].ExpectedHash, results[0].ActualHash);
        }
    }

    [Fact]
    public void A_truncated_nupkg_has_another_hash_and_an_absent_one_cannot_be_judged()
    {
        PackageToVerify package = Extract("Acme.Json", "1.0.0", []);
        byte[] content = File.ReadAllBytes(package.Nupkg);
        File.WriteAllBytes(package.Nupkg, content[..(content.Length / 2)]);
        PackageVerification cut = Assert.Single(Verify([package]));
        Assert.NotNull(cut.ActualHash);
        Assert.NotEqual(package.ExpectedHash, cut.ActualHash);

        File.Delete(package.Nupkg);
        Assert.Contains("no acme.json.1.0.0.nupkg", Assert.Single(Verify([package])).NotVerified, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_are_judged_by_whether_they_run_in_a_build()
    {
        PackageToVerify package = Extract("Acme.Json", "1.0.0", ["lib/netstandard2.0/Acme.Json.dll"]);
        Write("notes.txt");
        Write("lib/netstandard2.0/Acme.Json.pdb");
        Write("tools/cache/state.json");
        Assert.Empty(Assert.Single(Verify([package])).Mismatches);

        Write("build/Acme.Json.props");
        Write("tools/evil.dll");
        Assert.Equal(["build/Acme.Json.props", "tools/evil.dll"], Assert.Single(Verify([package])).Mismatches.Select(static mismatch => mismatch.File).Order(StringComparer.Ordinal));

        File.Delete(Path.Combine(package.Directory, "build/Acme.Json.props"));
        File.Delete(Path.Combine(package.Directory, "tools/evil.dll"));
        File.Delete(Path.Combine(package.Directory, "lib/netstandard2.0/Acme.Json.dll"));
        Assert.Equal(new FileMismatch("lib/netstandard2.0/Acme.Json.dll", FileMismatchKind.Missing), Assert.Single(Assert.Single(Verify([package])).Mismatches));

        void Write(string file)
        {
            string path = Path.Combine(package.Directory, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "x");
        }
    }

    [Fact]
    public void A_damaged_or_cut_memory_is_dropped_and_rebuilt()
    {
        PackageToVerify package = Extract("Acme.Json", "1.0.0", ["lib/netstandard2.0/Acme.Json.dll"]);
        PackageVerifier.Verify([package], VerifiedPackages.Open(_root), default);
        string file = VerifiedPackages.Open(_root).FilePath;
        byte[] good = File.ReadAllBytes(file);
        for (int length = 0; length < good.Length; length += 7)
        {
            File.WriteAllBytes(file, good[..length]);
            Assert.NotNull(VerifiedPackages.Open(_root).Dropped);
        }

        for (int at = 0; at < good.Length; at += 5)
        {
            byte[] bad = [.. good];
            bad[at] ^= 0x40;
            File.WriteAllBytes(file, bad);
            VerifiedPackages memory = VerifiedPackages.Open(_root);
            Assert.NotNull(memory.Dropped);
            Assert.Null(memory.Find(package.Directory, package.Nupkg, package.UsedFiles));
        }

        Assert.Equal(1, PackageVerifier.Verify([package], VerifiedPackages.Open(_root), default).Read);
        Assert.Null(VerifiedPackages.Open(_root).Dropped);
    }

    [Fact]
    public void Concurrent_writers_lose_nothing()
    {
        List<PackageToVerify> packages = [.. Enumerable.Range(0, 24).Select(index => Extract($"Acme.P{index}", "1.0.0", []))];

        Parallel.ForEach(packages, new ParallelOptions { MaxDegreeOfParallelism = 8 }, package => PackageVerifier.Verify([package], VerifiedPackages.Open(_root), default));

        VerifiedPackages memory = VerifiedPackages.Open(_root);
        Assert.All(packages, package => Assert.Equal(package.ExpectedHash, memory.Find(package.Directory, package.Nupkg, [])));
        Assert.Empty(Directory.EnumerateFiles(_root, "*.tmp"));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private ImmutableArray<PackageVerification> Verify(IReadOnlyList<PackageToVerify> packages) =>
        PackageVerifier.Verify(packages, VerifiedPackages.Open(Path.Combine(_root, Guid.NewGuid().ToString("N"))), default).Results;

    private PackageToVerify Extract(string id, string version, string[] used)
    {
        string directory = Path.Combine(_root, "packages", id.ToLowerInvariant(), version);
        string nupkg = PackageFixture.Create(Path.Combine(_root, "feed"), id, version);
        ZipFile.ExtractToDirectory(nupkg, directory);
        Directory.Delete(Path.Combine(directory, "_rels"), recursive: true);
        File.Move(Path.Combine(directory, id + ".nuspec"), Path.Combine(directory, id.ToLowerInvariant() + ".nuspec"));
        string target = Path.Combine(directory, $"{id}.{version}.nupkg".ToLowerInvariant());
        File.Copy(nupkg, target);
        using var reader = new PackageArchiveReader(target);
        return new PackageToVerify(id, version, directory, reader.GetContentHash(default), used);
    }

    private static string Recorded(string directory)
    {
        using JsonDocument metadata = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(directory, ".nupkg.metadata")));
        return metadata.RootElement.GetProperty("contentHash").GetString()!;
    }
}
