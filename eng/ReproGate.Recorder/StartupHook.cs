using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;

/// <summary>
/// What <c>DOTNET_STARTUP_HOOKS</c> runs in the application before its Main (https://github.com/dotnet/runtime/blob/main/docs/design/features/host-startup-hook.md):
/// every provider's <c>TryGet</c> and <c>GetChildKeys</c> first writes down what it is asked. The configuration is built by the application's own
/// code and has no place to hang a listener on before its first read, so the two methods of the base class are made to jump here.
/// </summary>
internal static unsafe partial class StartupHook
{
    private static readonly Lock Gate = new();
    private static readonly HashSet<string> Told = new(StringComparer.Ordinal);
    private static StreamWriter? s_log;

    /// <summary>Called by the runtime.</summary>
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable("REPROGATE_RECORD") is not { Length: > 0 } path || RuntimeInformation.ProcessArchitecture != Architecture.X64 || !OperatingSystem.IsLinux())
        {
            return;
        }

        MethodInfo tryGet = typeof(ConfigurationProvider).GetMethod(nameof(ConfigurationProvider.TryGet))!;
        MethodInfo getChildKeys = typeof(ConfigurationProvider).GetMethod(nameof(ConfigurationProvider.GetChildKeys))!;
        // Called once by their addresses, so that the runtime's stubs there lead to the methods' own code and no longer to its compiler.
        var provider = new MemoryConfigurationProvider(new MemoryConfigurationSource());
        ((delegate*<ConfigurationProvider, string, out string?, bool>)tryGet.MethodHandle.GetFunctionPointer())(provider, "", out _);
        _ = ((delegate*<ConfigurationProvider, IEnumerable<string>, string?, IEnumerable<string>>)getChildKeys.MethodHandle.GetFunctionPointer())(provider, [], null);
        if (BodyOf(tryGet.MethodHandle.GetFunctionPointer()) == BodyOf(getChildKeys.MethodHandle.GetFunctionPointer()))
        {
            throw new InvalidOperationException("The code of the methods was not found behind the runtime's stubs.");
        }

        s_log = new StreamWriter(path, append: false) { AutoFlush = true };
        Redirect(tryGet, nameof(TryGet));
        Redirect(getChildKeys, nameof(GetChildKeys));
    }

    private static bool TryGet(ConfigurationProvider self, string key, out string? value)
    {
        Tell("value", key);
        return DataOf(self).TryGetValue(key, out value);
    }

    private static IEnumerable<string> GetChildKeys(ConfigurationProvider self, IEnumerable<string> earlierKeys, string? parentPath)
    {
        Tell("children", parentPath ?? "");
        int start = parentPath is null ? 0 : parentPath.Length + 1;
        List<string> keys =
        [
            .. from key in DataOf(self).Keys
               where parentPath is null || (key.Length > parentPath.Length && key[parentPath.Length] == ':' && key.StartsWith(parentPath, StringComparison.OrdinalIgnoreCase))
               select key.IndexOf(':', start) is var end and >= 0 ? key[start..end] : key[start..],
            .. earlierKeys,
        ];
        keys.Sort(ConfigurationKeyComparer.Instance);
        return keys;
    }

    private static void Tell(string what, string key)
    {
        lock (Gate)
        {
            if (Told.Add($"{what}\t{key}"))
            {
                s_log!.WriteLine($"{what}\t{key}");
            }
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Data")]
    private static extern IDictionary<string, string?> DataOf(ConfigurationProvider provider);

    private static void Redirect(MethodInfo method, string replacement)
    {
        MethodInfo target = typeof(StartupHook).GetMethod(replacement, BindingFlags.NonPublic | BindingFlags.Static)!;
        RuntimeHelpers.PrepareMethod(target.MethodHandle);
        byte* code = BodyOf(method.MethodHandle.GetFunctionPointer());
        nint page = (nint)code & ~(nint)(Environment.SystemPageSize - 1);
        if (Protect(page, (nuint)(2 * Environment.SystemPageSize), 7) != 0)
        {
            throw new InvalidOperationException($"The code of {method} cannot be made writable (error {Marshal.GetLastPInvokeError()}).");
        }

        // mov rax, target; jmp rax
        code[0] = 0x48;
        code[1] = 0xB8;
        *(nint*)(code + 2) = target.MethodHandle.GetFunctionPointer();
        code[10] = 0xFF;
        code[11] = 0xE0;
    }

    // Through the runtime's own jumps to where the method's instructions are.
    private static byte* BodyOf(nint entry)
    {
        byte* at = (byte*)entry;
        for (int i = 0; i < 8; i++)
        {
            if (at[0] == 0x4C && at[1] == 0x8B && at[2] == 0x15)
            {
                at += 7;
            }
            else if (at[0] == 0xFF && at[1] == 0x25)
            {
                at = *(byte**)(at + 6 + *(int*)(at + 2));
            }
            else if (at[0] == 0xE9)
            {
                at = at + 5 + *(int*)(at + 1);
            }
            else
            {
                break;
            }
        }

        return at;
    }

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(nint address, nuint length, int access);
}
