using ReproGate.Facts;
using ReproGate.NuGet.LockFiles;

namespace ReproGate.NuGet.Tests.LockFiles;

public sealed class PackagesLockFilesTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("reprogate-locks-").FullName;

    private const string Empty = """{ "version": 1, "dependencies": { "net10.0": {} } }""";
    private const string Other = """{ "version": 1, "dependencies": { "net11.0": {} } }""";

    [Fact]
    public void A_file_is_read_again_only_where_it_has_changed()
    {
        string path = Write("packages.lock.json", Empty);
        var files = new PackagesLockFiles();

        PackagesLockReading first = files.Read(path);
        Assert.Same(first, files.Read(path));

        // As long as before: the time alone tells.
        File.WriteAllText(path, Other);
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddSeconds(5));
        Assert.Equal("net11.0", Assert.Single(files.Read(path).Lock!.Targets).Key);

        // Of the same time, but longer.
        DateTime time = File.GetLastWriteTimeUtc(path);
        File.WriteAllText(path, Empty + "\n\n");
        File.SetLastWriteTimeUtc(path, time);
        Assert.Equal("net10.0", Assert.Single(files.Read(path).Lock!.Targets).Key);
    }

    [Fact]
    public void Only_the_last_few_are_kept()
    {
        string first = Write("0/packages.lock.json", Empty);
        var files = new PackagesLockFiles();
        PackagesLockReading reading = files.Read(first);
        foreach (int number in Enumerable.Range(1, 3))
        {
            files.Read(Write($"{number}/packages.lock.json", Empty));
        }

        Assert.Same(reading, files.Read(first));
        files.Read(Write("4/packages.lock.json", Empty));
        Assert.NotSame(reading, files.Read(first));
    }

    [Fact]
    public void A_file_that_is_gone_is_an_error_and_is_not_answered_from_memory()
    {
        string path = Write("packages.lock.json", Empty);
        var files = new PackagesLockFiles();
        Assert.NotNull(files.Read(path).Lock);
        File.Delete(path);

        Assert.ThrowsAny<IOException>(() => files.Read(path));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string Write(string relative, string text)
    {
        string path = Path.Combine(_root, relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }
}
