namespace ReproGate.Repository.Tests;

public sealed class AtomicFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("reprogate-atomic-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void It_creates_folders_replaces_content_and_leaves_nothing_beside()
    {
        string path = Path.Combine(_folder, "a b", "ü.txt");

        AtomicFile.WriteAllText(path, "one");
        AtomicFile.WriteAllText(path, "zwei ü");

        Assert.Equal("zwei ü", File.ReadAllText(path));
        Assert.Equal((byte)'z', File.ReadAllBytes(path)[0]);
        Assert.Equal([path], Directory.GetFileSystemEntries(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public async Task A_reader_never_sees_a_part()
    {
        string path = Path.Combine(_folder, "x");
        string[] contents = [new string('a', 200_000), new string('b', 200_000)];
        AtomicFile.WriteAllText(path, contents[0]);
        using var stop = new CancellationTokenSource();
        Task writer = Task.Run(() =>
        {
            for (int i = 0; !stop.IsCancellationRequested; i++)
            {
                AtomicFile.WriteAllText(path, contents[i % 2]);
            }
        });
        for (int i = 0; i < 300; i++)
        {
            Assert.Contains(await File.ReadAllTextAsync(path), contents);
        }

        await stop.CancelAsync();
        await writer;
    }

    [Fact]
    public void A_failed_write_leaves_the_old_content_and_no_temporary_file()
    {
        string target = Path.Combine(_folder, "is-a-folder");
        Directory.CreateDirectory(Path.Combine(target, "child"));

        Assert.ThrowsAny<Exception>(() => AtomicFile.WriteAllText(target, "x"));

        Assert.Equal([target], Directory.GetFileSystemEntries(_folder));
    }
}
