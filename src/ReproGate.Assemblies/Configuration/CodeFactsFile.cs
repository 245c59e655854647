using ReproGate.Facts;
using ReproGate.Facts.Configuration.Code;

namespace ReproGate.Assemblies.Configuration;

/// <summary>The facts of an assembly kept in a file, <c>&lt;assembly&gt;.config.facts</c>: the pass runs only when the assembly is another one than the file tells of.</summary>
public static class CodeFactsFile
{
    private const long MaximumLength = 256 * 1024 * 1024;

    /// <summary>Returns the stored facts where they are of this very assembly, else runs the pass and stores its result.</summary>
    /// <param name="assembly">Absolute path of the assembly.</param>
    /// <param name="file">Absolute path of the facts file; its folder is created.</param>
    /// <param name="isGenerated">Tells from a document's path whether nobody can edit it; must be the same on every call for one file.</param>
    /// <param name="reused">True where the pass did not run.</param>
    /// <exception cref="UnreadableAssemblyException">The assembly cannot be read; nothing is stored.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read or written.</exception>
    public static CodeFacts ReadOrCollect(string assembly, string file, Func<string, bool>? isGenerated, out bool reused)
    {
        Guid mvid = AssemblyFactsReader.ReadMvid(assembly);
        var info = new FileInfo(file);
        CodeFacts? stored = info.Exists && info.Length <= MaximumLength ? CodeFactsStore.Read(File.ReadAllBytes(file)) : null;
        // A PDB that was missing or damaged may have come since.
        reused = stored is not null && stored.Mvid == mvid && stored.Symbols == SymbolState.Found;
        if (reused)
        {
            return stored!;
        }

        CodeFacts facts = CodeFactsReader.Read(assembly, isGenerated);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        string temporary = $"{file}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (FileStream stream = File.Create(temporary))
            {
                CodeFactsStore.Write(stream, facts);
            }

            File.Move(temporary, file, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }

        return facts;
    }
}
